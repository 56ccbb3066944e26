import { describe, expect, it } from "vitest";
import { correctLteRate, type LteCorrection } from "@/lib/policy/steering/correct-lte-rate";

const cap = 1_250_000;
const tickMs = 100;

/** A path that sends `yields` of the rate it was given, two ticks ago; what it sends over the last ten seconds of 30. */
function settled(yields: number): { mean: number; highest: number } {
  let correction: LteCorrection = { offset: 0 };
  const rates = [cap, cap];
  const sent: number[] = [];
  let smooth = cap * yields;
  for (let tick = 0; tick < 300; tick += 1) {
    const now = yields * (rates.at(-2) ?? cap);
    sent.push(now);
    smooth += 0.22 * (now - smooth);
    const next = correctLteRate(cap, correction, { bytesPerSecond: smooth, isSaturated: true, spanMs: tickMs });
    correction = next.correction;
    rates.push(next.rate);
  }
  const last = sent.slice(-100);
  return { mean: last.reduce((sum, rate) => sum + rate, 0) / last.length, highest: Math.max(...last) };
}

describe("correctLteRate", () => {
  it.each([0.85, 0.93, 1, 1.1, 1.25])("meets the cap with paths that yield %f of their rate", (yields) => {
    const { mean, highest } = settled(yields);
    expect(mean / cap).toBeCloseTo(1, 2);
    expect(highest / cap).toBeLessThan(1.02);
  });

  it("is not raised while the paths want no more", () => {
    const measured = { bytesPerSecond: cap / 10, isSaturated: false, spanMs: tickMs };
    let correction: LteCorrection = { offset: 0 };
    for (let tick = 0; tick < 100; tick += 1) {
      const next = correctLteRate(cap, correction, measured);
      expect(next.rate).toBeLessThanOrEqual(cap);
      correction = next.correction;
    }
    expect(correction.offset).toBe(0);
  });

  it("is lowered at once where more is sent, also by paths that nothing held", () => {
    const measured = { bytesPerSecond: 2 * cap, isSaturated: false, spanMs: tickMs };
    expect(correctLteRate(cap, { offset: 0 }, measured).rate).toBeLessThan(0.85 * cap);
  });
});
