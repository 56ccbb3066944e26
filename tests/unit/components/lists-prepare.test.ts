import { describe, expect, it } from "vitest";
import {
  addressWith,
  choosable,
  currentView,
  knownFilter,
  readColumns,
  withColumn,
} from "@/components/lists/prepare-list";

const shape = { state: ["active", "suspended"], serviceClassId: null } as const;
const columns = [
  { id: "imsi", name: "IMSI" },
  { id: "class", name: "Class" },
  { id: "devices", name: "Devices" },
];
const view = (name: string, filter: Record<string, string>, shown: string[] | null) => ({
  id: crypto.randomUUID(),
  table: "subscribers" as const,
  name,
  filter,
  columns: shown,
});

describe("the filter in a list's address", () => {
  const read = (query: string) => knownFilter(shape, (name) => new URLSearchParams(query).get(name));

  it("has what the list knows", () => {
    expect(read("state=active&serviceClassId=gold&other=1")).toEqual({ state: "active", serviceClassId: "gold" });
    expect(read("state=gone&serviceClassId=")).toEqual({});
  });

  it("takes the place of the one before, and leaves the rest alone", () => {
    const query = new URLSearchParams("tab=2&state=active");
    expect(addressWith(query, shape, { serviceClassId: "gold" })).toBe("?tab=2&serviceClassId=gold");
    expect(addressWith(new URLSearchParams("state=active"), shape, { state: "" })).toBe("");
  });
});

describe("the columns of a list", () => {
  it("that have a name can be chosen", () => {
    const cell = () => null;
    const all = [
      { id: "msisdn", head: "MSISDN", name: null, cell },
      ...columns.map((one) => ({ ...one, head: "", cell })),
    ];
    expect(choosable(all)).toEqual(columns);
  });

  it("are as many as the screen is wide where none of the kept ones is there", () => {
    expect(readColumns(null, columns)).toBeNull();
    expect(readColumns("gone", columns)).toBeNull();
    expect(readColumns("devices,gone,imsi", columns)).toEqual(new Set(["imsi", "devices"]));
  });

  it("are all but the first one that is taken away, and never none", () => {
    const two = withColumn(null, columns, "class", false);
    expect(two).toEqual(new Set(["imsi", "devices"]));
    expect(withColumn(two, columns, "class", true)).toEqual(new Set(["imsi", "class", "devices"]));
    expect(withColumn(new Set(["imsi"]), columns, "imsi", false)).toEqual(new Set(["imsi"]));
  });
});

describe("the view on the screen", () => {
  const views = [
    view("All", {}, null),
    view("Suspended", { state: "suspended" }, null),
    view("Short", { state: "suspended" }, ["class"]),
  ];
  const nameOf = (filter: Record<string, string | undefined>, chosen: string[] | null) =>
    currentView(views, { filter, chosen: chosen && new Set(chosen) })?.name;

  it("is the one with this filter and these columns", () => {
    expect(nameOf({ state: undefined }, null)).toBe("All");
    expect(nameOf({ state: "suspended" }, null)).toBe("Suspended");
    expect(nameOf({ state: "suspended" }, ["class"])).toBe("Short");
  });

  it("is none after a change", () => {
    expect(nameOf({ state: "active" }, null)).toBeUndefined();
    expect(nameOf({ state: "suspended" }, ["imsi"])).toBeUndefined();
    expect(nameOf({ state: "suspended", serviceClassId: "gold" }, null)).toBeUndefined();
  });
});
