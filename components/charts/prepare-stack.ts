import type { ChartSeries, ChartValue } from "./chart-data";

/**
 * The upper edge of every stacked series, in order; lines keep their values. Where a whole stack has no value the gap
 * stays; where a part of it has none, that part counts as 0.
 */
export function prepareStack(series: readonly ChartSeries[]): ChartValue[][] {
  let below: readonly ChartValue[] | null = null;
  return series.map((one) => {
    if (one.kind === "line") return [...one.values];
    const under = below;
    const edge = one.values.map((value, index) => {
      const base = under?.[index] ?? null;
      return value === null && base === null ? null : (value ?? 0) + (base ?? 0);
    });
    below = edge;
    return edge;
  });
}

/** The newest value that is not a gap. */
export function lastValue(values: readonly ChartValue[]): ChartValue {
  return values[lastIndex(values)] ?? null;
}

/** Index of the newest value that is not a gap; -1 where there is none. */
export function lastIndex(values: readonly ChartValue[]): number {
  return values.findLastIndex((value) => value !== null);
}

/** The highest value of a series; 0 for one without values. */
export function highestValue(values: readonly ChartValue[]): number {
  return values.reduce<number>((highest, value) => Math.max(highest, value ?? 0), 0);
}
