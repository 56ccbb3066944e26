import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LteFlow, shareLteCap } from "@/lib/policy/steering/share-lte-cap";

const sum = (rates: readonly number[]): number => rates.reduce((total, rate) => total + rate, 0);
const hungry = (rate: number): LteFlow => ({ usedRate: rate, givenRate: rate });

describe("shareLteCap", () => {
  it("gives hungry and new paths like parts", () => {
    expect(shareLteCap(1200, [hungry(1200)])).toEqual([1200]);
    expect(shareLteCap(1200, [hungry(900), hungry(300), { usedRate: 0, givenRate: null }])).toEqual([400, 400, 400]);
    expect(shareLteCap(1200, [])).toEqual([]);
  });

  it("gives what a path does not use to those that are hungry", () => {
    const [slow = 0, fast = 0] = shareLteCap(1000, [{ usedRate: 100, givenRate: 500 }, hungry(500)]);
    expect(slow).toBeGreaterThan(100);
    expect(slow).toBeLessThan(150);
    expect(slow + fast).toBeCloseTo(1000);
  });

  it("lets an idle path begin, without taking from the others", () => {
    const [idle = 0, fast] = shareLteCap(1000, [{ usedRate: 0, givenRate: 500 }, hungry(500)]);
    expect(idle).toBe(50);
    expect(fast).toBe(1000);
  });

  it("never divides more than the rate among paths in use, whatever they do", () => {
    const flow = fc.record({
      usedRate: fc.integer({ min: 1, max: 5000 }),
      givenRate: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(flow, { minLength: 1, maxLength: 20 }),
        (rate, flows) => {
          const shares = shareLteCap(rate, flows);
          expect(shares).toHaveLength(flows.length);
          expect(sum(shares)).toBeGreaterThanOrEqual(rate * 0.999);
          expect(sum(shares)).toBeLessThanOrEqual(rate * 1.101);
          expect(Math.min(...shares)).toBeGreaterThan(0);
        },
      ),
    );
  });
});
