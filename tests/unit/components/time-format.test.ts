import { describe, expect, it } from "vitest";
import { formatDateTime, formatShortTime } from "@/components/time/format-time";
import { english, korean } from "../../factories/words";

const nowMs = Date.parse("2026-11-28T12:00:00Z");

describe("a moment in short", () => {
  it.each([
    ["2026-11-28T23:59:01Z", "23:59:01", "23:59:01"],
    ["2026-11-21T14:03:22Z", "21 Nov, 14:03", "11월 21일 14:03"],
    ["2027-11-28T12:00:00Z", "28 Nov 2027, 12:00", "2027년 11월 28일 12:00"],
    ["2025-12-31T23:59:59Z", "31 Dec 2025, 23:59", "2025년 12월 31일 23:59"],
  ])("%s is %s, %s", (at, inEnglish, inKorean) => {
    expect(formatShortTime(english, at, "utc", nowMs)).toBe(inEnglish);
    expect(formatShortTime(korean, at, "utc", nowMs)).toBe(inKorean);
  });
});

describe("a moment in full", () => {
  it("says the year where it is another", () => {
    expect(formatDateTime(english, "2026-01-02T03:04:05Z", "utc", nowMs)).toBe("2 Jan, 03:04:05");
    expect(formatDateTime(english, "2027-01-02T03:04:05Z", "utc", nowMs)).toBe("2 Jan 2027, 03:04:05");
    expect(formatDateTime(korean, "2027-01-02T03:04:05Z", "utc", nowMs)).toBe("2027년 1월 2일 03:04:05");
  });
});
