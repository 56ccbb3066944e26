import { describe, expect, it } from "vitest";
import { applyMerge, isOnlyYours, type MergeGroup, prepareMerge } from "@/components/ui/prepare-merge";

type Item = { name: string; share: number; mode: string };

const groups: readonly MergeGroup<Item>[] = [
  { key: "name", label: "Name", fields: ["name"], text: ({ name }) => name },
  { key: "steering", label: "Steering", fields: ["share", "mode"], text: ({ share, mode }) => `${mode} ${share}` },
];
const base: Item = { name: "Silver", share: 20, mode: "share" };

describe("merge of two saves", () => {
  it("proposes the side that changed a field, and leaves a real conflict to a person", () => {
    const sources = {
      base,
      yours: { ...base, share: 30, name: "Silver A" },
      theirs: { ...base, share: 40 },
      inForce: base,
    };
    const rows = prepareMerge(groups, sources);
    expect(rows.map(({ key, isConflict, proposed }) => [key, isConflict, proposed])).toEqual([
      ["name", false, "yours"],
      ["steering", true, "yours"],
    ]);
    expect(rows[1]).toMatchObject({ yours: "share 30", theirs: "share 40", inForce: "share 20" });
    expect(isOnlyYours(rows)).toBe(false);
    expect(applyMerge(groups, sources, { name: "yours", steering: "theirs" })).toEqual({
      name: "Silver A",
      share: 40,
      mode: "share",
    });
  });

  it("keeps what only they changed without asking, where it is nothing that you touched", () => {
    const sources = { base, yours: { ...base, name: "Silver A" }, theirs: { ...base, share: 40 }, inForce: null };
    const rows = prepareMerge(groups, sources);
    expect(rows.find(({ key }) => key === "steering")).toMatchObject({ isConflict: false, proposed: "theirs" });
    expect(applyMerge(groups, sources, Object.fromEntries(rows.map(({ key, proposed }) => [key, proposed])))).toEqual({
      name: "Silver A",
      share: 40,
      mode: "share",
    });
  });

  it("needs nobody where both saved the same, or only you changed something", () => {
    const yours = { ...base, share: 30 };
    expect(prepareMerge(groups, { base, yours, theirs: yours, inForce: null })).toEqual([]);
    const rows = prepareMerge(groups, { base, yours, theirs: base, inForce: null });
    expect(isOnlyYours(rows)).toBe(true);
  });
});
