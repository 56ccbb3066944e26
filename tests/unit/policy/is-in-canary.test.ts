import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInCanary } from "@/lib/policy";

const ids = Array.from({ length: 20_000 }, (_, index) => `subscriber-${index}`);

describe("isInCanary", () => {
  it.each([1, 5, 10, 50, 90, 99])("takes %i %% of the subscribers", (percent) => {
    const share = ids.filter((subscriberId) => isInCanary({ subscriberId, version: 7, percent })).length / ids.length;
    // Four standard deviations of a fair draw.
    expect(Math.abs(share - percent / 100)).toBeLessThan(
      4 * Math.sqrt(((percent / 100) * (1 - percent / 100)) / ids.length),
    );
  });

  it("spreads evenly over the whole range", () => {
    const buckets = Array.from({ length: 100 }, (_, index) => index);
    const counts = buckets.map(
      (bucket) =>
        ids.filter(
          (subscriberId) =>
            isInCanary({ subscriberId, version: 3, percent: bucket + 1 }) &&
            !isInCanary({ subscriberId, version: 3, percent: bucket }),
        ).length,
    );
    const expected = ids.length / 100;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99 degrees of freedom: 148 is exceeded once in a thousand fair draws.
    expect(chiSquare).toBeLessThan(148);
  });

  it("keeps whoever is in when the percentage grows, and nobody at 0 and all at 100", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), fc.nat(100), fc.nat(100), (subscriberId, version, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const draw = (percent: number): boolean => isInCanary({ subscriberId, version, percent });
        expect(!draw(low) || draw(high)).toBe(true);
        expect(draw(0)).toBe(false);
        expect(draw(100)).toBe(true);
      }),
    );
  });

  it("draws anew for each version", () => {
    const first = ids.filter((subscriberId) => isInCanary({ subscriberId, version: 1, percent: 10 }));
    const both = first.filter((subscriberId) => isInCanary({ subscriberId, version: 2, percent: 10 }));
    expect(Math.abs(both.length / first.length - 0.1)).toBeLessThan(0.03);
  });

  it("is the same on every node for ever", () => {
    const chosen = ids
      .slice(0, 40)
      .flatMap((subscriberId, index) => (isInCanary({ subscriberId, version: 42, percent: 10 }) ? [index] : []));
    expect(chosen).toEqual([3, 16]);
  });
});
