import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyDeltaSchema } from "@/lib/contracts/policy";
import { applyDelta, makeDelta } from "@/lib/policy";
import { anySnapshot, list, serviceClass, snapshot } from "./policies";

describe("makeDelta and applyDelta", () => {
  it("lead from one snapshot to the other", () => {
    fc.assert(
      fc.property(anySnapshot, anySnapshot, fc.nat(9), (before, after, ahead) => {
        const next = { ...after, version: before.version + ahead + 1, publishedAt: "2026-02-01T00:00:00Z" };
        const delta = makeDelta(before, next);
        expect(policyDeltaSchema.parse(JSON.parse(JSON.stringify(delta)))).toEqual(delta);
        expect(applyDelta(before, delta)).toEqual(next);
      }),
      { numRuns: 500 },
    );
  });

  it("carries only what changed", () => {
    const before = snapshot({
      serviceClasses: [serviceClass("gold"), serviceClass("silver")],
      whiteLists: [list("a", ["host a.example"]), list("b", ["host b.example"])],
      allowedPrivateRanges: ["10.0.0.0/8"],
    });
    const after = {
      ...before,
      version: 2,
      serviceClasses: [serviceClass("gold"), serviceClass("silver", { name: "S" })],
    };
    expect(makeDelta(before, after)).toEqual({
      from: 1,
      version: 2,
      publishedAt: before.publishedAt,
      serviceClasses: { order: ["gold", "silver"], upsert: [serviceClass("silver", { name: "S" })] },
    });
    const moved = { ...before, version: 2, whiteLists: [...before.whiteLists].reverse() };
    expect(makeDelta(before, moved).whiteLists).toEqual({ order: ["b", "a"], upsert: [] });
    const removed = { ...before, version: 2, whiteLists: before.whiteLists.slice(1) };
    expect(makeDelta(before, removed).whiteLists).toEqual({ order: ["b"], upsert: [] });
    expect(Object.keys(makeDelta(before, { ...before, version: 3 }))).toEqual(["from", "version", "publishedAt"]);
  });

  it("shares what did not change, and leaves the snapshot before as it was", () => {
    const before = snapshot({ whiteLists: [list("a", ["host a.example"]), list("b", [])] });
    const copy = structuredClone(before);
    const after = applyDelta(
      before,
      makeDelta(before, { ...before, version: 2, whiteLists: before.whiteLists.slice(0, 1) }),
    );
    expect(after.whiteLists[0]).toBe(before.whiteLists[0]);
    expect(before).toEqual(copy);
  });

  it("refuses a change of another version, and one that keeps what is not there", () => {
    const delta = makeDelta(snapshot(), snapshot({ version: 2 }));
    expect(() => applyDelta(snapshot({ version: 3 }), delta)).toThrow("it starts from version 1, this is version 3");
    const unknown = { ...delta, whiteLists: { order: ["gone"], upsert: [] } };
    expect(() => applyDelta(snapshot(), unknown)).toThrow(expect.objectContaining({ code: "POLICY_DELTA_MISMATCH" }));
  });
});
