import type { LaneReport } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";

/** A recorded run as it stood `tMs` after each lane's own start: all lanes race from t = 0. */
export function prepareReplay(run: DemoRun, tMs: number): DemoRun {
  return { ...run, lanes: run.lanes.map((lane) => replayLane(lane, tMs)) };
}

function replayLane(lane: LaneReport, tMs: number): LaneReport {
  const endMs = replayEndMs(lane);
  if (tMs >= endMs) return lane;
  const samples = lane.samples.filter((sample) => sample.tMs <= tMs);
  const deliveredBytes = samples.at(-1)?.deliveredBytes ?? 0;
  const faults = lane.faults
    .filter((fault) => fault.tMs <= tMs)
    .map((fault) => ({ ...fault, stallMs: Math.min(fault.stallMs, Math.round(tMs - fault.tMs)) }));
  return { ...lane, state: "running", elapsedMs: null, sha256: null, error: null, deliveredBytes, faults, samples };
}

function replayEndMs(lane: LaneReport): number {
  return lane.elapsedMs ?? lane.samples.at(-1)?.tMs ?? 0;
}

/** When the slowest lane of the recording ended, ms. */
export function replayLengthMs(run: DemoRun): number {
  return Math.max(0, ...run.lanes.map(replayEndMs));
}
