import { describe, expect, it } from "vitest";
import { drawnSeries, historyRows, spanOf, summariseHistory } from "@/components/history/prepare-history";
import type { History, HistoryPoint } from "@/lib/contracts/history";
import { english } from "../../factories/words";

const flat = (avg: number): HistoryPoint => ({ min: avg / 2, avg, max: avg * 2 });
const series = (id: string, ...points: HistoryPoint[]) => ({ id, name: id.toUpperCase(), totalBytes: 1, points });
const history = (change: Partial<History> = {}): History => ({
  by: "access",
  bucketMinutes: 5,
  buckets: ["2026-11-28T12:00:00.000Z", "2026-11-28T12:05:00.000Z", "2026-11-28T12:10:00.000Z"],
  total: series("total", flat(3e6), null, flat(6e6)),
  series: [series("lte", flat(1e6), null, flat(1e6)), series("wifi", flat(2e6), null, flat(5e6))],
  weekBefore: null,
  shares: [],
  ...change,
});
const formatAt = (at: number): string => new Date(at).toISOString().slice(11, 16);

describe("a history's chart", () => {
  it("keeps a gap a gap in every line", () => {
    const [first, , gap] = historyRows(history({ weekBefore: [flat(1e6), null, null] }));
    expect(first).toMatchObject({ values: [2e6, 1e6], total: 3e6, band: [1.5e6, 6e6], weekBefore: 1e6 });
    expect(gap).toMatchObject({ values: [null, null], total: null, band: null, weekBefore: null });
  });

  it("ends a bucket before a gap, and the last one, where its time ends", () => {
    const at = (row: { at: number }) => new Date(row.at).toISOString().slice(14, 23);
    const rows = historyRows(history());
    expect(rows.map(at)).toEqual(["00:00.000", "04:59.999", "05:00.000", "10:00.000", "14:59.999"]);
    expect(rows[1]).toEqual({ ...rows[0], at: rows[1]?.at });
  });

  it("stacks WiFi lowest, whichever was busier, and draws the three busiest of many", () => {
    expect(drawnSeries(history()).map(({ id }) => id)).toEqual(["wifi", "lte"]);
    const many = ["a", "b", "c", "d"].map((id) => series(id, flat(1), null, flat(1)));
    expect(drawnSeries(history({ by: "node", series: many })).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("is told in a sentence, with its gaps", () => {
    expect(summariseHistory(english, history(), formatAt)).toBe(
      "Total: 4.50 Mbit/s on average, at most 12.0 Mbit/s in one minute, 12:10. 1 of 3 points are gaps: no node reported.",
    );
    const compared = history({ weekBefore: [flat(1e6), flat(3e6), null] });
    expect(summariseHistory(english, compared, formatAt)).toContain("The week before: 2.00 Mbit/s.");
    expect(summariseHistory(english, history({ total: series("total", null, null, null) }), formatAt)).toContain(
      "No node",
    );
  });
});

describe("a range", () => {
  it("ends now, or is the one chosen", () => {
    const nowMs = Date.parse("2026-11-28T12:00:00Z");
    expect(spanOf({ preset: "6h" }, nowMs)).toEqual({
      from: "2026-11-28T06:00:00.000Z",
      to: "2026-11-28T12:00:00.000Z",
    });
    const chosen = { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };
    expect(spanOf(chosen, nowMs)).toEqual(chosen);
  });
});
