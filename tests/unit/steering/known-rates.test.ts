import { describe, expect, it } from "vitest";
import { KnownRates } from "@/lib/steering/known-rates";

const lteRate = 37_500_000;

describe("KnownRates", () => {
  it("lets half of what the subscriber's access held leave at once", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", lteRate, 0);
    expect(rates.startBytes("one", "lte", 100, 1, 0)).toBe(1_875_000);
    expect(rates.startBytes("one", "lte", 40, 1, 0)).toBe(750_000);
  });

  it("knows nothing of other subscribers and other accesses", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", lteRate, 0);
    expect(rates.startBytes("two", "lte", 100, 1, 0)).toBeNull();
    expect(rates.startBytes("one", "wifi", 100, 1, 0)).toBeNull();
  });

  it("shares it among the sessions, trusts it less with time, and not at all after a minute", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", lteRate, 0);
    expect(rates.startBytes("one", "lte", 100, 5, 0)).toBe(375_000);
    expect(rates.startBytes("one", "lte", 100, 1, 30_000)).toBe(937_500);
    expect(rates.startBytes("one", "lte", 100, 1, 60_001)).toBeNull();
  });

  it("takes a full queue's round trip for no longer than 200 ms", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", lteRate, 0);
    expect(rates.startBytes("one", "lte", 5000, 1, 0)).toBe(3_750_000);
  });

  it("keeps the best of the last time, and a lower rate once that is old", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", lteRate, 0);
    rates.note("one", "lte", lteRate / 3, 1000);
    expect(rates.startBytes("one", "lte", 100, 1, 0)).toBe(1_875_000);
    rates.note("one", "lte", lteRate / 3, 50_000);
    expect(rates.startBytes("one", "lte", 100, 1, 50_000)).toBe(625_000);
  });

  it("says nothing where a path begins with as much anyway, or hardly moved", () => {
    const rates = new KnownRates();
    rates.note("one", "lte", 1_000_000, 0);
    rates.note("one", "wifi", 100_000, 0);
    expect(rates.startBytes("one", "lte", 40, 1, 0)).toBeNull();
    expect(rates.startBytes("one", "wifi", 200, 1, 0)).toBeNull();
  });

  it("forgets the oldest of ten thousand", () => {
    const rates = new KnownRates();
    for (let n = 0; n <= 10_000; n += 1) rates.note(String(n), "lte", lteRate, 0);
    expect(rates.startBytes("0", "lte", 100, 1, 0)).toBeNull();
    expect(rates.startBytes("1", "lte", 100, 1, 0)).not.toBeNull();
  });
});
