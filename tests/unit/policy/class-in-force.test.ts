import { describe, expect, it } from "vitest";
import { classInForce, monthOf } from "@/lib/policy";
import { serviceClass } from "./policies";

const serviceClasses = [
  serviceClass("gold", { lteQuotaBytes: 100, whenQuotaReached: "silver" }),
  serviceClass("silver", { lteQuotaBytes: 200, whenQuotaReached: "bronze" }),
  serviceClass("bronze"),
  serviceClass("round", { lteQuotaBytes: 10, whenQuotaReached: "trip" }),
  serviceClass("trip", { lteQuotaBytes: 20, whenQuotaReached: "round" }),
  serviceClass("self", { lteQuotaBytes: 10, whenQuotaReached: "self" }),
  serviceClass("lost", { lteQuotaBytes: 10, whenQuotaReached: "gone" }),
  serviceClass("loose", { lteQuotaBytes: 10 }),
  serviceClass("zero", { lteQuotaBytes: 0, whenQuotaReached: "bronze" }),
];

describe("classInForce", () => {
  it.each([
    ["gold", 0, "gold", false],
    ["gold", 99, "gold", false],
    ["gold", 100, "silver", true],
    ["gold", 199, "silver", true],
    ["gold", 200, "bronze", true],
    ["silver", 150, "silver", false],
    ["bronze", 1e15, "bronze", false],
    ["round", 15, "trip", true],
    ["round", 25, "trip", true],
    ["trip", 25, "round", true],
    ["self", 15, "self", false],
    ["lost", 15, "lost", false],
    ["loose", 15, "loose", false],
    ["zero", 0, "bronze", true],
    ["unknown", 15, "unknown", false],
  ])("%s at %i bytes: %s", (subscribedClassId, lteBytesThisMonth, classId, isQuotaReached) => {
    expect(classInForce({ serviceClasses, subscribedClassId, lteBytesThisMonth })).toEqual({ classId, isQuotaReached });
  });
});

describe("monthOf", () => {
  it.each([
    ["2026-03-31T23:59:59.999Z", "2026-03-01T00:00:00.000Z"],
    ["2026-04-01T00:30:00+09:00", "2026-03-01T00:00:00.000Z"],
    ["2026-12-31T23:30:00-05:00", "2027-01-01T00:00:00.000Z"],
  ])("%s counts in %s", (at, month) => {
    expect(monthOf(new Date(at)).toISOString()).toBe(month);
  });
});
