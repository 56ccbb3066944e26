/**
 * `npm run measure -- aggregation`: goodput of `wget` over LTE + WiFi against the sum of the two single-path lanes of
 * the same run, for both presets. Options: `--runs N` (default 3), `--size BYTES` of city (default 1 GB), `--direction
 * upload` (the goal is that of downloads).
 */
import { parseArgs } from "node:util";
import { type DemoRequest, demoDirectionSchema, type LaneId } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { conclude, describeMachine, median } from "../factories/figures";
import { SignedInStaff, startDemo } from "../factories/started-demo";

const goal = 0.97;
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    size: { type: "string", default: "1000000000" },
    direction: { type: "string", default: "download" },
  },
});
const direction = demoDirectionSchema.parse(values.direction);

function goodputMbps(run: DemoRun, id: LaneId): number {
  const lane = run.lanes.find((entry) => entry.lane === id);
  if (lane?.state !== "finished" || lane.elapsedMs === null)
    throw new Error(`lane ${id} ${lane?.state ?? "missing"}: ${lane?.error ?? "no reason"}`);
  return (lane.deliveredBytes * 8) / lane.elapsedMs / 1000;
}

function assertEqualPayload(run: DemoRun): void {
  const sums = new Set(run.lanes.map((lane) => lane.sha256));
  if (sums.size !== 1 || sums.has(null)) throw new Error(`payloads differ: ${[...sums].join(" ")}`);
}

async function measurePreset(
  staff: SignedInStaff,
  preset: DemoRequest["preset"],
  sizeBytes: number,
): Promise<{ ratios: number[]; losses: number }> {
  const ratios: number[] = [];
  let losses = 0;
  for (let index = 1; index <= Number(values.runs); index += 1) {
    const run = await staff.runDemo({ preset, direction, sizeBytes, lanes: ["lte-only", "wifi-only", "lte-wifi"] });
    assertEqualPayload(run);
    const [lte, wifi, both] = [
      goodputMbps(run, "lte-only"),
      goodputMbps(run, "wifi-only"),
      goodputMbps(run, "lte-wifi"),
    ];
    const ratio = both / (lte + wifi);
    ratios.push(ratio);
    if (both < Math.max(lte, wifi)) losses += 1;
    const figures = [lte, wifi, both].map((value) => value.toFixed(1));
    console.log(
      `${preset} run ${index}: LTE ${figures[0]}, WiFi ${figures[1]}, LTE + WiFi ${figures[2]} Mbit/s, ratio ${ratio.toFixed(3)}`,
    );
  }
  return { ratios, losses };
}

console.log(describeMachine());
const demo = await startDemo();
try {
  const staff = await SignedInStaff.byLink(demo);
  const city = await measurePreset(staff, "city", Number(values.size));
  const kt = await measurePreset(staff, "kt-2015", 1_000_000_000);
  const show = ({ ratios }: { ratios: number[] }): string =>
    `median ${median(ratios).toFixed(3)}, worst ${Math.min(...ratios).toFixed(3)} of ${ratios.length} runs`;
  console.log(`KT 2015: ${show(kt)}; runs below the best single lane: ${kt.losses}`);
  const isReached = median(city.ratios) >= goal && city.losses + kt.losses === 0;
  conclude(
    "aggregation",
    `${direction}, city ${show(city)}, below the best single lane ${city.losses + kt.losses}`,
    `median ≥ ${goal} of the sum, never below the best single lane`,
    isReached,
  );
} finally {
  await demo.stop();
}
