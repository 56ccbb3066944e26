import { type CounterPoint, counterAt } from "@/components/charts/prepare-counter-rates";
import type { LaneReport } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { bitsPerSecond } from "@/lib/shared/units";

/** Live rates are the mean over this span, so that their digits can be read. */
const rateWindowMs = 1000;
/** The time left is reckoned from the mean over this span. */
const etaWindowMs = 4000;

export type Counter = "deliveredBytes" | "lteBytes" | "wifiBytes";

/** What a lane's card shows. Times in ms, rates in bit/s of payload, `fraction` 0 to 1; null: not known (yet). */
export type LaneFigures = {
  lane: LaneReport;
  sizeBytes: number;
  deliveredBytes: number;
  fraction: number;
  elapsedMs: number | null;
  /** While it runs: over the newest second. Finished: over the whole lane. */
  rateBps: number | null;
  etaMs: number | null;
  /** At the UE's interfaces, headers included. */
  lteBytes: number;
  wifiBytes: number;
};

/** A lane's samples of one counter. */
export function counterPoints(lane: LaneReport, counter: Counter): CounterPoint[] {
  return lane.samples.map((sample) => ({ tMs: sample.tMs, bytes: sample[counter] }));
}

function rateOver(points: readonly CounterPoint[], windowMs: number): number | null {
  const newest = points.at(-1);
  if (newest === undefined || newest.tMs <= 0) return null;
  const spanMs = Math.min(windowMs, newest.tMs);
  return bitsPerSecond(newest.bytes - counterAt(points, newest.tMs - spanMs), spanMs);
}

/** Mean payload rate of a finished lane, bit/s; null for any other. */
export function finishedRate(lane: LaneReport | undefined, sizeBytes: number): number | null {
  if (lane === undefined || lane.state !== "finished" || lane.elapsedMs === null || lane.elapsedMs <= 0) return null;
  return bitsPerSecond(sizeBytes, lane.elapsedMs);
}

/** The figures of one lane at this moment. */
export function prepareLane(lane: LaneReport, sizeBytes: number): LaneFigures {
  const points = counterPoints(lane, "deliveredBytes");
  const newest = lane.samples.at(-1);
  const isRunning = lane.state === "running";
  const deliveredBytes = Math.max(lane.deliveredBytes, newest?.deliveredBytes ?? 0);
  const recentBps = isRunning ? rateOver(points, etaWindowMs) : null;
  return {
    lane,
    sizeBytes,
    deliveredBytes,
    fraction: Math.min(1, deliveredBytes / sizeBytes),
    elapsedMs: lane.elapsedMs ?? newest?.tMs ?? null,
    rateBps: isRunning ? rateOver(points, rateWindowMs) : finishedRate(lane, sizeBytes),
    etaMs: recentBps === null || recentBps === 0 ? null : ((sizeBytes - deliveredBytes) * 8000) / recentBps,
    lteBytes: newest?.lteBytes ?? 0,
    wifiBytes: newest?.wifiBytes ?? 0,
  };
}

/** `equal`: the lane's payload is the object, by SHA-256. `unknown`: one of the two sums is missing. */
export type ShaVerdict = "equal" | "differs" | "unknown";

/** SHA-256 of the object that the run fetches; null where nobody computed it. */
export function objectSha(run: DemoRun): string | null {
  return (run.testbed ?? run.device)?.objectSha256[String(run.request.sizeBytes)] ?? null;
}

export function compareSha(run: DemoRun, lane: LaneReport): ShaVerdict {
  const object = objectSha(run);
  if (object === null || lane.sha256 === null) return "unknown";
  return object === lane.sha256 ? "equal" : "differs";
}

/** The error that more than one lane ended with, such as a testbed that went away; null where there is none. */
export function sharedError(run: DemoRun): string | null {
  const errors = run.lanes.flatMap((lane) => (lane.error === null ? [] : [lane.error]));
  return errors.find((error, index) => errors.indexOf(error) !== index) ?? null;
}
