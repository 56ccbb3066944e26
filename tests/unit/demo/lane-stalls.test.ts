import { describe, expect, it } from "vitest";
import type { TestbedStatus } from "@/lib/contracts/demo";
import { LaneStalls } from "@/lib/demo/lane-stalls";

const startMs = Date.parse("2026-01-01T00:00:00Z");
const at = (tMs: number) => new Date(startMs + tMs).toISOString();
const none = { fault: "none", at: null } as const;
const healthy: TestbedStatus["faults"] = { lte: none, wifi: none };

/** Payload every 5 ms in this span. */
function flow(stalls: LaneStalls, fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 5) stalls.noteBytes(nowMs);
}

describe("a lane's stalls", () => {
  it("are the longest pause around a fault, whenever it is heard of", () => {
    const stalls = new LaneStalls(startMs, healthy);
    flow(stalls, 100, 2990);
    flow(stalls, 3305, 5000);
    stalls.noteFaults({ ...healthy, wifi: { fault: "down", at: at(3000) } });
    expect(stalls.faults(5000)).toEqual([{ tMs: 3000, access: "wifi", fault: "down", stallMs: 315 }]);
  });

  it("count a pause that lasts, and not what was long before or after", () => {
    const stalls = new LaneStalls(startMs, healthy);
    flow(stalls, 100, 1000);
    flow(stalls, 1900, 4000);
    stalls.noteFaults({ ...healthy, lte: { fault: "blackhole", at: at(4005) } });
    expect(stalls.faults(4005)[0]?.stallMs).toBe(0);
    expect(stalls.faults(4700)[0]?.stallMs).toBe(700);
    flow(stalls, 4800, 20_000);
    flow(stalls, 22_000, 22_100);
    expect(stalls.faults(22_100)[0]?.stallMs).toBe(800);
  });

  it("tell each change of a link apart, and what was broken from the start", () => {
    const broken = { ...healthy, wifi: { fault: "weak", at: at(-60_000) } } as const;
    const stalls = new LaneStalls(startMs, broken);
    flow(stalls, 10, 2000);
    stalls.noteFaults(broken);
    stalls.noteFaults({ ...healthy, wifi: { fault: "none", at: at(2000) } });
    flow(stalls, 2100, 3000);
    expect(stalls.faults(3000)).toEqual([
      { tMs: 0, access: "wifi", fault: "weak", stallMs: 0 },
      { tMs: 2000, access: "wifi", fault: "none", stallMs: 100 },
    ]);
  });
});
