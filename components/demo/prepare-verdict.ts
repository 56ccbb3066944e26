import type { LaneId, LaneReport } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { bitsPerSecond } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { laneNames } from "./lanes";
import { finishedRate } from "./prepare-lane";

/** A number, or why there is none. `isLive`: still moving, from the mean so far. */
export type Comparison = { value: number; isLive: boolean } | { value: null; why: string };

export type Verdict = {
  overLte: Comparison;
  overBest: Comparison;
  /** The faster of the two single paths; null until both have finished. */
  bestLane: LaneId | null;
  /** Share of the sum of both single paths, 1 = all of it. */
  efficiency: Comparison;
};

function laneOf(run: DemoRun, id: LaneId): LaneReport | undefined {
  return run.lanes.find((lane) => lane.lane === id);
}

function whyMissing(t: Translate, run: DemoRun, id: LaneId): string {
  const lane = laneOf(run, id);
  return lane === undefined || !run.request.lanes.includes(id)
    ? t("demo.wasNotRun", { lane: laneNames(t)[id] })
    : t("demo.outcomeOf", { subject: laneNames(t)[id], state: lane.state });
}

/** Mean payload rate of the aggregate lane: over all of it, or so far while it runs. */
function aggregateRate(run: DemoRun): { rateBps: number; isLive: boolean } | null {
  const lane = laneOf(run, "lte-wifi");
  const finished = finishedRate(lane, run.request.sizeBytes);
  if (finished !== null) return { rateBps: finished, isLive: false };
  const newest = lane?.state === "running" ? lane.samples.at(-1) : undefined;
  // The first second is start-up, not a rate that means something.
  if (newest === undefined || newest.tMs < 1000) return null;
  return { rateBps: bitsPerSecond(newest.deliveredBytes, newest.tMs), isLive: true };
}

/**
 * What the run shows: LTE + WiFi against LTE only, against the best single path, and against the sum of both.
 *
 * All from mean payload rates (object size over the lane's time). A comparison needs every lane it names; where one was
 * not run, failed or is not done, it holds the reason and no number.
 */
export function prepareVerdict(t: Translate, run: DemoRun): Verdict {
  const { sizeBytes } = run.request;
  const lteBps = finishedRate(laneOf(run, "lte-only"), sizeBytes);
  const wifiBps = finishedRate(laneOf(run, "wifi-only"), sizeBytes);
  const both = aggregateRate(run);

  const compare = (againstBps: number | null, needed: readonly LaneId[]): Comparison => {
    const missing = needed.find((id) => finishedRate(laneOf(run, id), sizeBytes) === null);
    if (missing !== undefined) return { value: null, why: whyMissing(t, run, missing) };
    if (both === null || againstBps === null) return { value: null, why: whyMissing(t, run, "lte-wifi") };
    return { value: both.rateBps / againstBps, isLive: both.isLive };
  };

  const areBothKnown = lteBps !== null && wifiBps !== null;
  return {
    overLte: compare(lteBps, ["lte-only"]),
    overBest: compare(areBothKnown ? Math.max(lteBps, wifiBps) : null, ["lte-only", "wifi-only"]),
    bestLane: areBothKnown ? (lteBps > wifiBps ? "lte-only" : "wifi-only") : null,
    efficiency: compare(areBothKnown ? lteBps + wifiBps : null, ["lte-only", "wifi-only"]),
  };
}

/** `3.0×`, and two digits after the point where they decide: `1.48×`, `0.97×`. */
export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(ratio < 1.995 ? 2 : 1)}×`;
}

/** `98.4 %`. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
