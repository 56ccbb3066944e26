import type { DemoRequest } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { runLinks } from "./prepare-demo-chart";
import { type Comparison, prepareVerdict } from "./prepare-verdict";

/** Of one figure over several runs; `count` of them had it. */
export type Spread = { median: number; least: number; most: number; count: number };

export type RunSpread = {
  /** Runs that were done alike and went undisturbed to their end. */
  runs: number;
  overLte: Spread | null;
  overBest: Spread | null;
  efficiency: Spread | null;
};

/** Median, least and most; null of nothing. The median of an even number is the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return null;
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return { median: ((low ?? least) + (high ?? most)) / 2, least, most, count: sorted.length };
}

const sameLanes = (a: DemoRequest, b: DemoRequest) =>
  a.lanes.length === b.lanes.length && a.lanes.every((lane) => b.lanes.includes(lane));

/** Links that were changed by hand, or failed, make a run another one. */
function isUndisturbed(run: DemoRun): boolean {
  const asPreset = runLinks({ ...run, testbed: null });
  const had = runLinks(run);
  const link = (links: typeof had) => JSON.stringify([links?.lte, links?.wifi]);
  return link(had) === link(asPreset) && run.lanes.every(({ faults }) => faults.length === 0);
}

/** How far finished runs of the same place, direction, object and lanes agree. */
export function prepareSpread(t: Translate, runs: readonly DemoRun[], request: DemoRequest): RunSpread {
  const alike = runs.filter(
    (run) =>
      run.state === "finished" &&
      run.request.device === request.device &&
      (request.device !== null || run.request.preset === request.preset) &&
      run.request.direction === request.direction &&
      run.request.sizeBytes === request.sizeBytes &&
      sameLanes(run.request, request) &&
      isUndisturbed(run),
  );
  const verdicts = alike.map((run) => prepareVerdict(t, run));
  const of = (comparisons: readonly Comparison[]) =>
    spreadOf(comparisons.flatMap(({ value }) => (value === null ? [] : [value])));
  return {
    runs: alike.length,
    overLte: of(verdicts.map(({ overLte }) => overLte)),
    overBest: of(verdicts.map(({ overBest }) => overBest)),
    efficiency: of(verdicts.map(({ efficiency }) => efficiency)),
  };
}
