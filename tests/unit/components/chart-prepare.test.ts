import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChartSeries } from "@/components/charts/chart-data";
import { counterAt, prepareCounterRates } from "@/components/charts/prepare-counter-rates";
import { liveWindowMs, prepareCurrentRates, prepareLiveRates } from "@/components/charts/prepare-live-rates";
import { prepareRateUnit, prepareScale, scaleSplits } from "@/components/charts/prepare-scale";
import { prepareStack } from "@/components/charts/prepare-stack";
import { prepareUsage, sumUsage } from "@/components/charts/prepare-usage";
import type { LiveRate } from "@/lib/contracts/live";
import { english } from "../../factories/words";

const stack = (values: (number | null)[]): ChartSeries => ({
  id: String(values),
  label: "",
  tone: "lte",
  kind: "stack",
  values,
});

describe("prepareStack", () => {
  it("adds stacks upwards and leaves lines where they are", () => {
    const line: ChartSeries = { ...stack([9, 9]), kind: "line" };
    expect(prepareStack([stack([1, 2]), stack([10, 20]), line])).toEqual([
      [1, 2],
      [11, 22],
      [9, 9],
    ]);
  });

  it("keeps a gap where nothing has a value, and counts a missing part as 0", () => {
    expect(prepareStack([stack([null, 1, null]), stack([null, null, 5])])).toEqual([
      [null, 1, null],
      [null, 1, 5],
    ]);
  });
});

describe("prepareScale", () => {
  it("ends on a grid line at or above the highest value, with 4 to 8 lines", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (highest) => {
        const scale = prepareScale(highest);
        expect(scale.max).toBeGreaterThanOrEqual(highest * (1 - 1e-6));
        expect(scaleSplits(scale).length).toBeGreaterThanOrEqual(4);
        expect(scaleSplits(scale).length).toBeLessThanOrEqual(9);
      }),
    );
  });

  it("is round for the demo's two presets", () => {
    expect(prepareScale(225 * 1.05)).toEqual({ step: 50, max: 250 });
    expect(prepareScale(1167 * 1.05)).toEqual({ step: 250, max: 1250 });
  });

  it("keeps Mbit/s up to 2 Gbit/s", () => {
    expect(prepareRateUnit(1.25e9).unit).toBe("Mbit/s");
    expect(prepareRateUnit(2.5e9).unit).toBe("Gbit/s");
    expect(prepareRateUnit(5e5).unit).toBe("kbit/s");
  });
});

describe("prepareCounterRates", () => {
  const steady = [1000, 2000, 3000, 4000].map((tMs) => ({ tMs, bytes: tMs * 125 }));

  it("reads a counter between its readings", () => {
    expect(counterAt(steady, 500)).toBe(62_500);
    expect(counterAt(steady, 2500)).toBe(312_500);
    expect(counterAt(steady, -5)).toBe(0);
    expect(counterAt(steady, 9000)).toBe(500_000);
    expect(counterAt([], 100)).toBe(0);
  });

  it("gives 1 Mbit/s for 125 bytes a millisecond, null after the end", () => {
    const grid = { timesMs: [1000, 2500, 4000, 4500], windowMs: 1000, gapMs: 3000 };
    expect(prepareCounterRates(steady, grid)).toEqual([1e6, 1e6, 1e6, null]);
  });

  it("leaves readings too far apart empty", () => {
    const points = [...steady, { tMs: 10_000, bytes: 600_000 }];
    const grid = { timesMs: [4000, 7000, 10_000], windowMs: 1000, gapMs: 3000 };
    expect(prepareCounterRates(points, grid)[1]).toBeNull();
  });

  it("loses no bytes: rates of adjoining windows add up to the counter", () => {
    const reading = fc.record({
      stepMs: fc.integer({ min: 1, max: 900 }),
      stepBytes: fc.integer({ min: 0, max: 1e7 }),
    });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 60 }), (steps) => {
        let [tMs, bytes] = [0, 0];
        const points = steps.map((step) => {
          tMs += step.stepMs;
          bytes += step.stepBytes;
          return { tMs, bytes };
        });
        const windowMs = 50;
        const timesMs = Array.from({ length: Math.floor(tMs / windowMs) }, (_, index) => (index + 1) * windowMs);
        const rates = prepareCounterRates(points, { timesMs, windowMs, gapMs: 3000 });
        const moved = rates.reduce<number>((sum, rate) => sum + ((rate ?? 0) * windowMs) / 8000, 0);
        expect(moved).toBeCloseTo(counterAt(points, timesMs.at(-1) ?? 0), 3);
      }),
    );
  });
});

function rate(atMs: number, lte: number, wifi: number): LiveRate {
  return {
    at: new Date(atMs).toISOString(),
    downloadBps: { lte, wifi, other: 0 },
    uploadBps: { lte: 0, wifi: 0, other: 0 },
    sessions: 1,
    mptcpSessions: 1,
  };
}

describe("prepareLiveRates", () => {
  const nowMs = Date.parse("2026-01-01T00:10:00Z");

  it("counts seconds before now, totals the stack and drops what is older than the window", () => {
    const data = prepareLiveRates(
      english,
      [rate(nowMs - liveWindowMs - 1, 9, 9), rate(nowMs - 1000, 10, 20), rate(nowMs, 11, 21)],
      "downloadBps",
      nowMs,
    );
    expect(data.xs).toEqual([-1, 0]);
    expect(data.series.find(({ id }) => id === "total")?.values).toEqual([30, 32]);
    expect(data.series.map(({ id }) => id)).toEqual(["wifi", "lte", "total"]);
  });

  it("puts a gap where reports are missing", () => {
    const data = prepareLiveRates(english, [rate(nowMs - 9000, 1, 1), rate(nowMs, 1, 1)], "downloadBps", nowMs);
    expect(data.series[0]?.values).toEqual([1, null, 1]);
  });

  it("means the newest second, and knows when there is none", () => {
    expect(prepareCurrentRates([], "downloadBps")).toBeNull();
    const rates = [rate(nowMs - 5000, 900, 900), rate(nowMs - 400, 10, 30), rate(nowMs, 20, 50)];
    expect(prepareCurrentRates(rates, "downloadBps")).toEqual({ lte: 15, wifi: 40, other: 0, total: 55 });
  });
});

describe("prepareUsage", () => {
  it("tells a minute without a report from a minute without bytes", () => {
    const none = { uploadBytes: 0, downloadBytes: 0 };
    const usage = {
      minutes: [
        { at: "2026-01-01T00:00:00Z", access: null },
        {
          at: "2026-01-01T00:01:00Z",
          access: { lte: { uploadBytes: 1, downloadBytes: 600 }, wifi: none, other: none },
        },
        {
          at: "2026-01-01T00:02:00Z",
          access: { lte: { uploadBytes: 1, downloadBytes: 600 }, wifi: none, other: none },
        },
      ],
    };
    // Half of the last minute has passed.
    const { xs, series } = prepareUsage(english, usage, "downloadBytes", Date.parse("2026-01-01T00:02:30Z"));
    expect(series.find(({ id }) => id === "lte")?.values).toEqual([null, 80, 160]);
    expect(series.map(({ id }) => id)).toEqual(["wifi", "lte", "total"]);
    expect(xs.map((x) => x - (xs[0] ?? 0))).toEqual([0, 1, 2]);
    expect(sumUsage(usage, "downloadBytes")).toEqual({ lte: 1200, wifi: 0, other: 0, total: 1200 });
  });
});
