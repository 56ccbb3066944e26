import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxHistoryPoints } from "@/lib/contracts/history";
import { maxHistoryDays } from "@/lib/contracts/limits";
import { bucketStarts, chooseBuckets } from "@/lib/services/history-buckets";

const minuteMs = 60_000;
const nowMs = Date.parse("2026-11-28T12:34:56Z");

describe("buckets of a span that ends now", () => {
  it.each([
    [60, 1, 60],
    [360, 2, 180],
    [1440, 5, 287],
    [10_080, 60, 169],
    [43_200, 180, 241],
  ])("of %i minutes are of %i minutes, %i of them", (span, bucketMinutes, count) => {
    const buckets = chooseBuckets(nowMs - span * minuteMs, nowMs, nowMs);
    expect(buckets.bucketMinutes).toBe(bucketMinutes);
    expect(Math.abs(buckets.count - count)).toBeLessThanOrEqual(2);
  });

  it("leave out the minute that runs", () => {
    const { toMs } = chooseBuckets(nowMs - 60 * minuteMs, nowMs, nowMs);
    expect(new Date(toMs).toISOString()).toBe("2026-11-28T12:34:00.000Z");
  });
});

describe("buckets of any span", () => {
  it("hold it, aligned, few enough for a chart", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5 * minuteMs, max: maxHistoryDays * 1440 * minuteMs }),
        fc.integer({ min: 0, max: 60 * 1440 * minuteMs }),
        (spanMs, agoMs) => {
          const toMs = nowMs - agoMs;
          const buckets = chooseBuckets(toMs - spanMs, toMs, nowMs);
          const starts = bucketStarts(buckets);
          const bucketMs = buckets.bucketMinutes * minuteMs;
          expect(starts.length).toBeLessThanOrEqual(maxHistoryPoints);
          expect(starts.length).toBeGreaterThan(0);
          expect(Date.parse(starts[0] ?? "") % bucketMs).toBe(0);
          expect(Date.parse(starts[0] ?? "")).toBeLessThanOrEqual(toMs - spanMs);
          expect(Date.parse(starts.at(-1) ?? "") + bucketMs).toBeGreaterThanOrEqual(Math.min(toMs, nowMs - minuteMs));
        },
      ),
    );
  });

  it("are none for the future", () => {
    expect(chooseBuckets(nowMs + 10 * minuteMs, nowMs + 90 * minuteMs, nowMs).count).toBe(0);
  });
});
