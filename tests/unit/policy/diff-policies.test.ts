import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyDiffSchema } from "@/lib/contracts/policy-admin";
import { diffPolicies } from "@/lib/policy";
import { anySnapshot, cpuSeconds, list, serviceClass, snapshot } from "./policies";

const before = snapshot({
  serviceClasses: [serviceClass("gold"), serviceClass("silver", { steering: "lte-share", lteSharePercent: 20 })],
  whiteLists: [list("video", ["host a.example 443", "host b.example"]), list("music", ["host m.example"])],
  accessNetworks: [{ cidr: "10.1.0.0/16", access: "lte", name: "LTE" }],
  allowedPrivateRanges: ["10.9.0.0/24"],
});
const nothing = { fields: [], rules: [], rulesAdded: 0, rulesRemoved: 0 };

describe("diffPolicies", () => {
  it("is empty exactly where the contents are equal, and fits its message", () => {
    fc.assert(
      fc.property(anySnapshot, anySnapshot, (left, right) => {
        const items = diffPolicies(left, right);
        expect(items.length === 0).toBe(JSON.stringify(left) === JSON.stringify(right));
        expect(diffPolicies(left, structuredClone(left))).toEqual([]);
        expect(policyDiffSchema.parse({ from: 1, to: null, items })).toEqual({ from: 1, to: null, items });
      }),
      { numRuns: 500 },
    );
  });

  it("names changed fields of a class", () => {
    const after = {
      ...before,
      serviceClasses: [serviceClass("gold"), serviceClass("silver", { steering: "lte-share" })],
    };
    expect(diffPolicies(before, after)).toEqual([
      {
        ...nothing,
        collection: "service-class",
        id: "silver",
        name: "silver",
        kind: "changed",
        fields: [{ field: "lteSharePercent", before: 20, after: null }],
      },
    ]);
  });

  it("lists added and removed items with all their fields and rules", () => {
    const after = {
      ...before,
      serviceClasses: before.serviceClasses.slice(1),
      whiteLists: [...before.whiteLists, list("new", ["host n.example"], "extra")],
    };
    const [list_, gold] = [...diffPolicies(before, after)].reverse();
    expect(gold).toMatchObject({ collection: "service-class", id: "gold", kind: "removed" });
    expect(gold?.fields).toContainEqual({ field: "steering", before: "aggregate", after: null });
    expect(list_).toMatchObject({ collection: "white-list", id: "new", kind: "added", rulesAdded: 1, rulesRemoved: 0 });
    expect(list_?.fields).toEqual([
      { field: "name", before: null, after: "NEW" },
      { field: "audience", before: null, after: "extra" },
    ]);
  });

  it("counts rules as a multiset of what is written", () => {
    const changed = list("video", ["host b.example", "host b.example", "host A.example 443"]);
    const [item] = diffPolicies(before, { ...before, whiteLists: [changed, list("music", ["host m.example"])] });
    expect(item).toMatchObject({ rulesAdded: 2, rulesRemoved: 1, fields: [] });
    expect(item?.rules.map(({ kind, rule }) => `${kind} ${rule.value}`)).toEqual([
      "removed a.example",
      "added b.example",
      "added A.example",
    ]);
  });

  it("tells a new order of rules and of lists", () => {
    const reordered = {
      ...before,
      whiteLists: [list("video", ["host b.example", "host a.example 443"]), list("music", ["host m.example"])],
    };
    expect(diffPolicies(before, reordered)[0]?.fields).toEqual([
      { field: "order of rules", before: "1: host a.example 443-443", after: "1: host b.example" },
    ]);
    const moved = diffPolicies(before, { ...before, whiteLists: [...before.whiteLists].reverse() });
    expect(moved.map(({ id, fields }) => [id, fields])).toEqual([
      ["music", [{ field: "position", before: 2, after: 1 }]],
      ["video", [{ field: "position", before: 1, after: 2 }]],
    ]);
  });

  it("names changed networks and ranges by their prefix", () => {
    const after = {
      ...before,
      accessNetworks: [{ cidr: "10.1.0.0/16", access: "wifi" as const, name: "WiFi" }],
      allowedPrivateRanges: [],
    };
    expect(diffPolicies(before, after)[0]?.fields).toEqual([
      {
        field: "access network 10.1.0.0/16",
        before: { access: "lte", name: "LTE" },
        after: { access: "wifi", name: "WiFi" },
      },
      { field: "allowed private range 10.9.0.0/24", before: true, after: null },
    ]);
  });

  it("lists at most 200 rules and counts all, in time proportional to their number", () => {
    const many = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `host h${from + index}.example`);
    const left = snapshot({ whiteLists: [list("video", many(0, 100_000))] });
    const right = snapshot({ whiteLists: [list("video", many(500, 100_000))] });
    let items: ReturnType<typeof diffPolicies> = [];
    const took = cpuSeconds(() => {
      items = diffPolicies(left, right);
    });
    const [item] = items;
    expect(item).toMatchObject({ rulesAdded: 500, rulesRemoved: 500 });
    expect(item?.rules).toHaveLength(200);
    expect(took).toBeLessThan(3);
  });
});
