import type { LaneReport, RunReport } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";

/** Queued or running: the testbed or a device is, or will be, busy with it. */
export function isActive(run: DemoRun): boolean {
  return run.state === "queued" || run.state === "running";
}

/** The run ended by us, not by a report: lanes that had not ended end with it. */
export function endedRun(run: DemoRun, state: "failed" | "cancelled", error: string | null, now: Date): DemoRun {
  const lanes = run.lanes.map((lane) =>
    lane.state === "waiting" || lane.state === "running" ? { ...lane, state, error } : lane,
  );
  return { ...run, state, lanes, finishedAt: now.toISOString() };
}

function newSamples(known: LaneReport | undefined, lane: LaneReport): LaneReport["samples"] {
  const lastMs = known?.samples.at(-1)?.tMs ?? Number.NEGATIVE_INFINITY;
  return lane.samples.filter(({ tMs }) => tMs > lastMs).sort((left, right) => left.tMs - right.tMs);
}

/**
 * A run after a report on it. Samples at or before the last known one of their lane were reported before and are left
 * out, so that a report that is sent twice changes nothing.
 *
 * @param place what runs the lanes, as it now is
 * @returns the whole run, and per lane that has changed what is new
 */
export function afterReport(
  run: DemoRun,
  progress: RunReport,
  place: Pick<DemoRun, "testbed" | "device">,
  now: Date,
): { run: DemoRun; news: LaneReport[] } {
  const reported = new Map(progress.lanes.map((lane) => [lane.lane, lane]));
  const news: LaneReport[] = [];
  const lanes = run.lanes.map((known) => {
    const lane = reported.get(known.lane);
    if (lane === undefined) return known;
    const samples = newSamples(known, lane);
    const isSame = JSON.stringify({ ...known, samples: [] }) === JSON.stringify({ ...lane, samples: [] });
    if (!isSame || samples.length > 0) news.push({ ...lane, samples });
    return { ...lane, samples: [...known.samples, ...samples] };
  });
  const isEnd = progress.state !== "running";
  const finishedAt = isEnd ? now.toISOString() : null;
  return { run: { ...run, state: progress.state, lanes, finishedAt, ...place }, news };
}
