/**
 * `npm run measure -- gold`: class Gold, both directions: goodput over LTE + WiFi through agent and proxy against the
 * sum of the two single paths (plain TCP from the UE to the content provider) of the same run, by preset and LTE round
 * trip. Goodput is what the receiving program got from `--seconds` of sending, the start left in.
 * Sessions follow each other within a minute, so all but the first begin with what the one before found out; with `--cold`
 * none does. Options: `--runs N` (default 5), `--seconds N` (default 8), `--preset ID` and `--rtt MS` (default all),
 * `--cold` (a minute's pause before each session), `--quick` (one run of `city` at 40 ms).
 */
import { parseArgs } from "node:util";
import type { PresetId } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { goodputMbps } from "../factories/flow-figures";
import type { Direction, Way } from "../factories/flow-program";
import { setLinks, startSteeringBench } from "../factories/steering-bench";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    preset: { type: "string" },
    rtt: { type: "string" },
    cold: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
/** Longer than `lib/steering/known-rates.ts` keeps a rate. */
const forgottenMs = 61_000;
const runs = values.quick ? 1 : Number(values.runs);
const seconds = Number(values.seconds);
type Case = { preset: PresetId; lteRttMs: number; goal: number };
const all: Case[] = [
  { preset: "city", lteRttMs: 40, goal: 0.97 },
  { preset: "city", lteRttMs: 100, goal: 0.97 },
  { preset: "city", lteRttMs: 200, goal: 0.94 },
  { preset: "kt-2015", lteRttMs: 40, goal: 0.97 },
  { preset: "kt-2015", lteRttMs: 100, goal: 0.97 },
  { preset: "kt-2015", lteRttMs: 200, goal: 0.94 },
];
const asked = all.filter(
  ({ preset, lteRttMs }) => (values.preset ?? preset) === preset && Number(values.rtt ?? lteRttMs) === lteRttMs,
);
const cases = values.quick ? all.slice(0, 1) : asked;

console.log(describeMachine());
const bench = await startSteeringBench();
try {
  const { flows } = bench;
  await bench.setClass("gold");
  const missed: string[] = [];
  let losses = 0;
  let worstMargin = Number.POSITIVE_INFINITY;
  for (const { preset, lteRttMs, goal } of cases) {
    await setLinks(bench.net, preset, { lte: { rttMs: lteRttMs } });
    for (const direction of ["download", "upload"] as Direction[]) {
      const name = `${preset}, LTE ${lteRttMs} ms, ${direction}`;
      const ratios: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const goodput = async (way: Way): Promise<number> =>
          goodputMbps(await flows.run({ direction, way, seconds }), 0, seconds * 1000);
        const [lte, wifi] = [await goodput("lte"), await goodput("wifi")];
        if (values.cold) await sleep(forgottenMs);
        const both = await goodput("agent");
        ratios.push(both / (lte + wifi));
        if (both < Math.max(lte, wifi)) losses += 1;
        const figures = [lte, wifi, both].map((value) => value.toFixed(1));
        console.log(
          `${name}, run ${run}: LTE ${figures[0]}, WiFi ${figures[1]}, both ${figures[2]} Mbit/s, ratio ${ratios.at(-1)?.toFixed(3)}`,
        );
      }
      const isReached = median(ratios) >= goal;
      if (!isReached) missed.push(name);
      worstMargin = Math.min(worstMargin, median(ratios) - goal);
      console.log(
        `${name}: median ${median(ratios).toFixed(3)}, worst ${Math.min(...ratios).toFixed(3)} of ${runs} runs (goal ${goal}${isReached ? "" : ", MISSED"})`,
      );
    }
  }
  conclude(
    "gold",
    `smallest margin of a median over its goal ${worstMargin.toFixed(3)}; ${losses} runs below the best single path${missed.length > 0 ? `; missed: ${missed.join("; ")}` : ""}`,
    "medians ≥ 0.97 of the sum, ≥ 0.94 with LTE at 200 ms; never below the best single path",
    missed.length === 0 && losses === 0,
  );
} finally {
  await bench.stop();
}
