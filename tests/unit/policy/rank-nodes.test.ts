import { describe, expect, it } from "vitest";
import { type RankedNode, rankNodes } from "@/lib/policy";

const node = (id: string, changes: Partial<RankedNode> = {}): RankedNode => ({
  id,
  region: null,
  load: 0,
  isDraining: false,
  isHeard: true,
  ...changes,
});
const devices = Array.from({ length: 10_000 }, (_, index) => `device-${index}`);
const firstOf = (nodes: readonly RankedNode[], deviceId: string, region: string | null = null): string =>
  rankNodes(nodes, { deviceId, region })[0]?.id ?? "";

function shares(nodes: readonly RankedNode[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const device of devices) {
    const id = firstOf(nodes, device);
    counts[id] = (counts[id] ?? 0) + 1 / devices.length;
  }
  return counts;
}

describe("the order of proxy nodes", () => {
  it("spreads devices by what nodes have free", () => {
    const found = shares([node("a"), node("b"), node("half", { load: 0.5 })]);
    expect(found["a"]).toBeCloseTo(0.4, 1);
    expect(found["b"]).toBeCloseTo(0.4, 1);
    expect(found["half"]).toBeCloseTo(0.2, 1);
  });

  it("moves only a lost node's devices, to all others", () => {
    const all = ["a", "b", "c", "d"].map((id) => node(id));
    const without = all.map((one) => (one.id === "a" ? { ...one, isHeard: false } : one));
    const taken = new Set<string>();
    for (const device of devices) {
      const [before, after] = [firstOf(all, device), firstOf(without, device)];
      if (before === "a") taken.add(after);
      else expect(after).toBe(before);
    }
    expect([...taken].sort()).toEqual(["b", "c", "d"]);
  });

  it("has a device's region first, and those that drain or are silent last", () => {
    const nodes = [
      node("silent", { region: "north", isHeard: false }),
      node("drained", { region: "north", isDraining: true }),
      node("north", { region: "north", load: 1 }),
      node("south", { region: "south" }),
    ];
    const order = rankNodes(nodes, { deviceId: "any", region: "north" }).map(({ id }) => id);
    expect(order).toEqual(["north", "south", "drained", "silent"]);
  });
});
