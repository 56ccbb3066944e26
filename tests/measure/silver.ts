/**
 * `npm run measure -- silver`: class Silver, both directions. A stream without limit: LTE's share over every window of
 * 3 s after its first 3 s against the target, and its goodput against what that share allows: from each path alone (plain
 * TCP), measured over the same seconds of a stream as the runs are, since bbr empties a path for 200 ms every ten seconds.
 * Beside it stands what seconds 2 to 6 alone, which no such pause falls into, would allow. A sending application that WiFi
 * satisfies: payload over LTE. Shares are taken at the UE's interfaces, headers off. A target above what the
 * links can give (LTE ÷ both) counts as that. Options: `--runs N` (default 5), `--seconds N` (default 12), `--preset ID`
 * (default both), `--direction download|upload` (default both), `--target N` (default all; one alone: no applications),
 * `--duty` (without pacing: goal ± 2.5), `--quick` (one run of city, targets 5 and 20 %).
 */
import { parseArgs } from "node:util";
import type { PresetId } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { goodputMbps } from "../factories/flow-figures";
import type { Direction } from "../factories/flow-program";
import { setLinks, startSteeringBench } from "../factories/steering-bench";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "12" },
    preset: { type: "string" },
    direction: { type: "string" },
    target: { type: "string" },
    duty: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : Number(values.runs);
const seconds = Number(values.seconds);
const tolerance = values.duty ? 2.5 : 1;
const settledMs = 3000;
const windowMs = 3000;
const directions = (["download", "upload"] as const).filter((one) => one === (values.direction ?? one));
const targets = (values.quick ? [5, 20] : [5, 10, 20, 40]).filter((one) => one === Number(values.target ?? one));
const presetIds = (["city", "kt-2015"] as const).filter((id) =>
  values.quick ? id === "city" : values.preset === undefined || id === values.preset,
);
/** Rates of a sending application that WiFi alone carries, and the sufficient rate of the class that goes with each. */
const applications: { mbps: number; sufficientMbps: number | null }[] = [
  { mbps: 20, sufficientMbps: null },
  { mbps: 60, sufficientMbps: null },
  { mbps: 0, sufficientMbps: 20 },
];

console.log(describeMachine());
const bench = await startSteeringBench(values.duty ? { TWINPATH_PACING: "off" } : {});
const { net, flows, counters } = bench;
const missed: string[] = [];
const verdict = (name: string, text: string, isReached: boolean): void => {
  if (!isReached) missed.push(name);
  console.log(`${name}: ${text}${isReached ? "" : " MISSED"}`);
};

type Alone = { likeRuns: number; early: number };

async function aloneMbps(way: "lte" | "wifi", direction: Direction): Promise<Alone> {
  const result = await flows.run({ direction, way, seconds });
  return { likeRuns: goodputMbps(result, settledMs, seconds * 1000), early: goodputMbps(result, 2000, 6000) };
}

function allowedMbps(lte: number, wifi: number, target: number): { aim: number; mbps: number } {
  const aim = Math.min(target, (100 * lte) / (lte + wifi));
  return { aim, mbps: Math.min(wifi / (1 - aim / 100), lte + wifi) };
}

async function measureShare(preset: PresetId, direction: Direction, target: number): Promise<void> {
  /* So that LTE can carry the share at all, WiFi is as fast as LTE there. */
  const wifiMbps = target <= 20 ? {} : { rateMbps: preset === "city" ? 75 : 300 };
  await setLinks(net, preset, { wifi: wifiMbps });
  await bench.setClass("silver", { lteSharePercent: target, wifiSufficientMbps: null });
  const [lte, wifi] = [await aloneMbps("lte", direction), await aloneMbps("wifi", direction)];
  const { aim, mbps: allowed } = allowedMbps(lte.likeRuns, wifi.likeRuns, target);
  const early = allowedMbps(lte.early, wifi.early, target).mbps;
  const worstOff: number[] = [];
  const totals: number[] = [];
  const name = `${preset}, ${target} %, ${direction}`;
  for (let run = 1; run <= runs; run += 1) {
    const result = await flows.run({ direction, way: "agent", seconds });
    const [from, to] = [result.startedMs + settledMs, result.startedMs + seconds * 1000];
    const shares = counters.lteShares(direction, from, to, windowMs);
    worstOff.push(Math.max(...shares.map((share) => Math.abs(share - aim))));
    totals.push(goodputMbps(result, settledMs, seconds * 1000) / allowed);
    console.log(
      `${name}, run ${run}: share ${counters.lteShare(direction, from, to).toFixed(2)} %, windows of 3 s ${Math.min(...shares).toFixed(2)} to ${Math.max(...shares).toFixed(2)} %, total ${(100 * (totals.at(-1) ?? 0)).toFixed(1)} % of ${allowed.toFixed(0)} Mbit/s`,
    );
  }
  verdict(
    name,
    `aim ${aim.toFixed(1)} %, farthest window median ${median(worstOff).toFixed(2)}, worst ${Math.max(...worstOff).toFixed(2)} points off; total median ${(100 * median(totals)).toFixed(1)} %, worst ${(100 * Math.min(...totals)).toFixed(1)} % (median ${((100 * median(totals) * allowed) / early).toFixed(1)} % of the early ${early.toFixed(0)} Mbit/s)`,
    Math.max(...worstOff) <= tolerance && median(totals) >= 0.95,
  );
}

async function measureSatisfied(
  preset: PresetId,
  direction: Direction,
  { mbps, sufficientMbps }: (typeof applications)[number],
): Promise<void> {
  await setLinks(net, preset);
  await bench.setClass("silver", { lteSharePercent: 20, wifiSufficientMbps: sufficientMbps });
  const name = `${preset}, ${mbps === 0 ? "no limit" : `application at ${mbps} Mbit/s`}, sufficient ${sufficientMbps ?? "none"}, ${direction}`;
  const first: number[] = [];
  const later: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const result = await flows.run({ direction, way: "agent", seconds: 6, mbps });
    const at = result.startedMs;
    first.push(counters.payload("lte", direction, at - 100, at + 1000));
    later.push(counters.payload("lte", direction, at + 1000, at + 6500));
    await sleep(500);
  }
  verdict(
    name,
    `LTE payload in the first second median ${median(first)}, worst ${Math.max(...first)} bytes; later median ${median(later)}, worst ${Math.max(...later)} bytes`,
    Math.max(...later) === 0,
  );
}

try {
  for (const preset of presetIds)
    for (const direction of directions) {
      for (const target of targets) await measureShare(preset, direction, target);
      for (const application of values.target === undefined ? applications : [])
        await measureSatisfied(preset, direction, application);
    }
  conclude(
    "silver",
    `${missed.length} goals missed${missed.length > 0 ? `: ${missed.join("; ")}` : ""}; ${values.duty ? "duty-cycled" : "paced"}, ${runs} runs`,
    `LTE's share within ± ${tolerance} points over any 3 s after the first 3 s, total ≥ 95 % of what the share allows; no LTE payload after the first second where WiFi satisfies`,
    missed.length === 0,
  );
} finally {
  await bench.stop();
}
