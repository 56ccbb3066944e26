import { bitsPerSecond } from "@/lib/shared/units";
import type { ChartValue } from "./chart-data";

/** One reading of a cumulative byte counter. */
export type CounterPoint = { tMs: number; bytes: number };

/**
 * A cumulative counter at any moment, between its readings by straight line. The counter is 0 at 0 ms.
 *
 * Units: milliseconds, bytes. Before 0: 0; after the last reading: the last reading.
 */
export function counterAt(points: readonly CounterPoint[], tMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.tMs ?? 0) < tMs) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1] ?? { tMs: 0, bytes: 0 };
  if (after === undefined) return before.bytes;
  if (tMs <= 0 || after.tMs <= before.tMs) return tMs <= 0 ? 0 : after.bytes;
  return before.bytes + ((after.bytes - before.bytes) * (tMs - before.tMs)) / (after.tMs - before.tMs);
}

export type RateGrid = {
  /** Moments at which a rate is wanted, milliseconds, rising. */
  timesMs: readonly number[];
  /** Each rate is the mean over this span before its moment. */
  windowMs: number;
  /** Readings further apart than this are a gap. */
  gapMs: number;
};

/**
 * Bit rates of a cumulative counter on a grid; null after its last reading and inside gaps.
 *
 * Units: bit/s from bytes and milliseconds. At the start the window is as long as the time that has passed.
 */
export function prepareCounterRates(points: readonly CounterPoint[], grid: RateGrid): ChartValue[] {
  const last = points.at(-1);
  if (last === undefined) return grid.timesMs.map(() => null);
  const gaps = findGaps(points, grid.gapMs);
  return grid.timesMs.map((tMs) => {
    if (tMs > last.tMs || gaps.some((gap) => tMs > gap.fromMs && tMs < gap.toMs)) return null;
    const spanMs = Math.min(grid.windowMs, tMs);
    return bitsPerSecond(counterAt(points, tMs) - counterAt(points, tMs - spanMs), spanMs);
  });
}

function findGaps(points: readonly CounterPoint[], gapMs: number): { fromMs: number; toMs: number }[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  let fromMs = 0;
  for (const { tMs } of points) {
    if (tMs - fromMs > gapMs) gaps.push({ fromMs, toMs: tMs });
    fromMs = tMs;
  }
  return gaps;
}
