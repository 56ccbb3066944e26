import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsPerSecond, formatBitRate, formatBytes, formatDuration } from "@/lib/shared/units";

describe("bitsPerSecond", () => {
  it.each([
    [125, 1000, 1000],
    [1, 1, 8000],
    [100, 0, 0],
    [100, -5, 0],
  ])("%i bytes in %i ms are %i bit/s", (bytes, durationMs, rate) => {
    expect(bitsPerSecond(bytes, durationMs)).toBe(rate);
  });
});

describe("formatBitRate", () => {
  it.each([
    [0, "0 bit/s"],
    [0.4, "0 bit/s"],
    [999, "999 bit/s"],
    [999.4, "999 bit/s"],
    [999.5, "1.00 kbit/s"],
    [1000, "1.00 kbit/s"],
    [9994, "9.99 kbit/s"],
    [9995, "10.0 kbit/s"],
    [99_940, "99.9 kbit/s"],
    [99_950, "100 kbit/s"],
    [999_400, "999 kbit/s"],
    [999_500, "1.00 Mbit/s"],
    [223_000_000, "223 Mbit/s"],
    [1_170_000_000, "1.17 Gbit/s"],
    [999_500_000_000, "1.00 Tbit/s"],
    [5e15, "5000 Tbit/s"],
    [-0, "0 bit/s"],
    [-0.4, "0 bit/s"],
    [-1500, "-1.50 kbit/s"],
    [-999.5, "-1.00 kbit/s"],
  ])("%d is %s", (rate, text) => {
    expect(formatBitRate(rate)).toBe(text);
  });

  it("is within half a unit of the third digit, and never shows four digits before a unit it could change", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9e14, noNaN: true }), (rate) => {
        const [digits = "", unit = ""] = formatBitRate(rate).split(" ");
        const factor = 1000 ** ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"].indexOf(unit);
        expect(Number(digits)).toBeLessThan(1000);
        expect(Math.abs(Number(digits) * factor - rate) / rate).toBeLessThan(factor === 1 ? 0.5 : 0.0051);
      }),
    );
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [1_000_000_000, "1.00 GB"],
    [999_499_999, "999 MB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [-0.2, "0 ms"],
    [850, "850 ms"],
    [999.4, "999 ms"],
    [999.5, "1.0 s"],
    [12_300, "12.3 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 00 s"],
    [59_999, "1 min 00 s"],
    [60_000, "1 min 00 s"],
    [119_600, "2 min 00 s"],
    [245_000, "4 min 05 s"],
    [3_600_000, "60 min 00 s"],
  ])("%d ms are %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
