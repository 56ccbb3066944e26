import { maxHistoryPoints } from "@/lib/contracts/history";

const minuteMs = 60_000;
/** Round to a reader: divisors of an hour and of a day. */
const bucketChoices = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360];

export type Buckets = { fromMs: number; toMs: number; bucketMinutes: number; count: number };

/** Whole buckets that hold a span, few enough for a chart, aligned to UTC; without the minute that runs now. */
export function chooseBuckets(fromMs: number, toMs: number, nowMs: number): Buckets {
  const endMs = Math.min(toMs, Math.floor(nowMs / minuteMs) * minuteMs);
  for (const bucketMinutes of bucketChoices) {
    const bucketMs = bucketMinutes * minuteMs;
    const firstMs = Math.floor(fromMs / bucketMs) * bucketMs;
    const count = Math.ceil((endMs - firstMs) / bucketMs);
    if (count <= maxHistoryPoints)
      return { fromMs: firstMs, toMs: Math.max(firstMs, endMs), bucketMinutes, count: Math.max(0, count) };
  }
  throw new Error("the contract's longest span fits the widest bucket");
}

export function bucketStarts({ fromMs, bucketMinutes, count }: Buckets): string[] {
  return Array.from({ length: count }, (_, at) => new Date(fromMs + at * bucketMinutes * minuteMs).toISOString());
}
