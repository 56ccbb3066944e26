import type { History, HistoryPoint, HistoryQuery } from "@/lib/contracts/history";
import { csvLines } from "./csv-cell";
import { readHistory } from "./read-history";

const columns = ["at", "series", "name", "min_bit_per_s", "avg_bit_per_s", "max_bit_per_s"];

const figuresOf = (point: HistoryPoint): string[] =>
  point === null ? ["", "", ""] : [point.min, point.avg, point.max].map((value) => value.toFixed(0));

function linesOf({ buckets, series, total, weekBefore }: History): string[] {
  const before = weekBefore === null ? [] : [{ id: "week-before", name: "Total a week before", points: weekBefore }];
  return [...series, total, ...before].map(({ id, name, points }) =>
    csvLines(buckets.map((at, index) => [at, id, name, ...figuresOf(points[index] ?? null)])),
  );
}

/** The history as a CSV file, one line a bucket and series; figures of a gap are empty. */
export async function* exportHistory(query: HistoryQuery): AsyncGenerator<string, void, void> {
  const history = await readHistory(query);
  yield csvLines([columns]);
  yield* linesOf(history).filter((text) => text !== "");
}
