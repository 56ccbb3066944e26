import { describe, expect, it } from "vitest";
import { formatAuditTime, prepareAuditDiff, prepareDayRange } from "@/components/audit/prepare-audit";
import { english, korean } from "../../factories/words";

describe("prepareAuditDiff", () => {
  it("names each field that differs, deep ones too, and no other", () => {
    const before = { role: "viewer", name: "Jo", caps: { up: 1, down: 2 }, ids: [1, 2] };
    const after = { role: "support", name: "Jo", caps: { up: 1, down: 3 }, ids: [1, 2], isNew: true };
    expect(prepareAuditDiff(before, after)).toEqual([
      { field: "caps.down", before: "2", after: "3" },
      { field: "isNew", before: null, after: "true" },
      { field: "role", before: "viewer", after: "support" },
    ]);
  });

  it("takes a list as one value, and a plain value as itself", () => {
    expect(prepareAuditDiff({ ids: ["a"] }, { ids: ["a", "b"] })).toEqual([
      { field: "ids", before: '["a"]', after: '["a","b"]' },
    ]);
    expect(prepareAuditDiff(null, "x")).toEqual([{ field: "", before: null, after: "x" }]);
    expect(prepareAuditDiff(null, null)).toEqual([]);
  });
});

describe("prepareDayRange", () => {
  it("goes from the first day's beginning to the other's end", () => {
    expect(prepareDayRange("2026-11-28", "2026-11-30", "utc")).toEqual({
      from: "2026-11-28T00:00:00.000Z",
      to: "2026-12-01T00:00:00.000Z",
    });
    expect(prepareDayRange("2026-11-28", "", "local")).toEqual({
      from: new Date(2026, 10, 28).toISOString(),
      to: null,
    });
    expect(prepareDayRange("nonsense", "", "utc")).toEqual({ from: null, to: null });
  });
});

describe("formatAuditTime", () => {
  it("says the year, in the order of the language", () => {
    expect(formatAuditTime(english, "2026-11-28T23:59:01Z", "utc")).toBe("28 Nov 2026, 23:59:01");
    expect(formatAuditTime(korean, "2026-11-28T23:59:01Z", "utc")).toBe("2026년 11월 28일 23:59:01");
  });
});
