/**
 * `npm run measure -- bronze`: class Bronze, both directions: LTE's part of the payload while WiFi works, what it
 * carries while WiFi is down, a silent black hole, or weak, and how soon WiFi has it all again. Counted at the UE's
 * interfaces, headers off. Options: `--runs N` (default 5), `--preset ID` (default both), `--quick` (one run of city).
 */
import { parseArgs } from "node:util";
import type { LinkFault, PresetId } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import { tryFault } from "../factories/fault-trial";
import { conclude, describeMachine, median } from "../factories/figures";
import { goodputMbps } from "../factories/flow-figures";
import type { Direction } from "../factories/flow-program";
import { setLinks, startSteeringBench } from "../factories/steering-bench";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    preset: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const runs = values.quick ? 1 : Number(values.runs);
const seconds = 10;
const goalPercent = 0.5;
/** Of LTE's own rate, from 1.5 s after the fault on. */
const takeOverGoal = 0.9;
const directions: Direction[] = ["download", "upload"];
const faults: LinkFault[] = ["down", "blackhole", "weak"];
const presetIds = (["city", "kt-2015"] as const).filter((id) =>
  values.quick ? id === "city" : values.preset === undefined || id === values.preset,
);

console.log(describeMachine());
const bench = await startSteeringBench();
const { net, flows, counters } = bench;
const missed: string[] = [];
let worstShare = 0;
const verdict = (name: string, text: string, isReached: boolean): void => {
  if (!isReached) missed.push(name);
  console.log(`${name}: ${text}${isReached ? "" : " MISSED"}`);
};

async function measureHealthy(preset: PresetId, direction: Direction): Promise<void> {
  const shares: number[] = [];
  const rates: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const result = await flows.run({ direction, way: "agent", seconds });
    shares.push(counters.lteShare(direction, result.startedMs - 100, result.startedMs + seconds * 1000));
    rates.push(goodputMbps(result, 0, seconds * 1000));
  }
  worstShare = Math.max(worstShare, ...shares);
  verdict(
    `${preset}, WiFi works, ${direction}`,
    `LTE median ${median(shares).toFixed(3)} %, worst ${Math.max(...shares).toFixed(3)} % of the payload; ${median(rates).toFixed(1)} Mbit/s`,
    Math.max(...shares) < goalPercent,
  );
}

async function measureFault(preset: PresetId, direction: Direction, fault: LinkFault): Promise<void> {
  const alone = goodputMbps(await flows.run({ direction, way: "lte", seconds: 5 }), 1500, 4500);
  const ratios: number[] = [];
  const gaps: number[] = [];
  const backMs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const trial = await tryFault(bench, { access: "wifi", fault, direction, way: "agent" });
    ratios.push(trial.laterMbps / alone);
    gaps.push(trial.gapMs);
    backMs.push(trial.recoveryMs ?? Number.POSITIVE_INFINITY);
    await sleep(1000);
  }
  verdict(
    `${preset}, WiFi ${fault}, ${direction}`,
    `LTE takes over at median ${(100 * median(ratios)).toFixed(0)} %, worst ${(100 * Math.min(...ratios)).toFixed(0)} % of its rate; gap median ${median(gaps)}, worst ${Math.max(...gaps)} ms; WiFi used again after median ${median(backMs)}, worst ${Math.max(...backMs)} ms`,
    Math.min(...ratios) >= takeOverGoal,
  );
}

try {
  await bench.setClass("bronze");
  for (const preset of presetIds) {
    await setLinks(net, preset);
    for (const direction of directions) {
      await measureHealthy(preset, direction);
      for (const fault of faults) await measureFault(preset, direction, fault);
    }
  }
  conclude(
    "bronze",
    `LTE at worst ${worstShare.toFixed(3)} % while WiFi works${missed.length > 0 ? `; missed: ${missed.join("; ")}` : ""}; ${runs} runs`,
    `< ${goalPercent} %, and ≥ ${100 * takeOverGoal} % of LTE's rate from 1.5 s after WiFi is gone`,
    missed.length === 0,
  );
} finally {
  await bench.stop();
}
