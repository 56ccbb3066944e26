import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sessionDetailSchema, sessionListSchema } from "@/lib/contracts/portal";
import type { PathEvent } from "@/lib/contracts/telemetry";
import { sleep } from "@/lib/shared/sleep";
import { requireAbility } from "../factories/ability";
import { tryFault } from "../factories/fault-trial";
import { goodputMbps } from "../factories/flow-figures";
import { type SteeringBench, setLinks, startSteeringBench } from "../factories/steering-bench";

/*
 * The product as shipped on the testbed, preset city: LTE 75 Mbit/s, WiFi 150. Both together give LTE a third. What the
 * measures print is held to the product's goals; limits here have room for a machine that runs other tests.
 */
const direction = "download";
const settleMs = 1500;
const spanMs = 2500;

/** What happened to the paths of the last ended session, once the portal knows it. */
async function eventsOfLast({ staff }: SteeringBench): Promise<PathEvent[]> {
  for (let attempt = 0; attempt < 100; attempt += 1, await sleep(50)) {
    const running = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=running&limit=1"));
    const [row] = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=1")).items;
    if (running.items.length > 0 || row === undefined) continue;
    return sessionDetailSchema.parse(await staff.call("GET", `/api/sessions/${row.key}`)).events;
  }
  throw new Error("the session did not end within 5 s");
}

function storyOf(events: readonly PathEvent[]): string[] {
  return events.map(({ access, kind, cause }) => `${access} ${kind} ${cause}`);
}

describe("steering by pacing", () => {
  let bench: SteeringBench;

  beforeAll(async () => {
    bench = await startSteeringBench();
    await setLinks(bench.net, "city");
  });
  afterAll(() => bench?.stop());
  beforeEach((context) => requireAbility(context, "namespaces", "nginx", "wget", "compiler", "pacing"));

  /** LTE's share over a span that begins a moment from now. */
  async function settledShare(): Promise<number> {
    await sleep(settleMs);
    const from = Date.now();
    await sleep(spanMs);
    return bench.counters.lteShare(direction, from, Date.now());
  }

  it("moves a running session's share with its class", async () => {
    await bench.setClass("gold");
    const flow = bench.flows.begin({ direction, way: "agent", seconds: 30 });
    try {
      const asGold = await settledShare();
      await bench.setClass("silver", { lteSharePercent: 20, wifiSufficientMbps: null });
      const asSilver = await settledShare();
      await bench.setClass("silver", { lteSharePercent: 10, wifiSufficientMbps: null });
      const asLess = await settledShare();
      await bench.setClass("bronze");
      const asBronze = await settledShare();
      await bench.setClass("gold");
      const asGoldAgain = await settledShare();
      expect(asGold).toBeGreaterThan(25);
      expect(Math.abs(asSilver - 20)).toBeLessThan(2);
      expect(Math.abs(asLess - 10)).toBeLessThan(2);
      expect(asBronze).toBeLessThan(0.5);
      expect(asGoldAgain).toBeGreaterThan(25);
    } finally {
      flow.kill();
    }
    const story = storyOf(await eventsOfLast(bench));
    /* Whichever path the agent found healthier carried the connect. */
    expect(story.slice(0, 2).map((line) => line.replace(/^(lte|wifi) /, ""))).toEqual([
      "joined connected",
      "joined device-joined",
    ]);
    expect(story).toContain("lte priority-changed wifi-first");
    expect(story).toContain("lte priority-changed both-paths");
    expect(story.filter((line) => line.includes("stalled"))).toEqual([]);
  });

  it("uses no LTE for class wifi-first while WiFi works, and LTE when WiFi falls silent", async () => {
    await bench.setClass("bronze");
    const calm = await bench.flows.run({ direction, way: "agent", seconds: 4 });
    const share = bench.counters.lteShare(direction, calm.startedMs, calm.startedMs + 4000);
    expect(share).toBeLessThan(0.5);
    const trial = await tryFault(bench, { access: "wifi", fault: "blackhole", direction, way: "agent" });
    expect(trial.laterMbps).toBeGreaterThan(50);
    expect(trial.recoveryMs).not.toBeNull();
  });

  it("moves the data of a path that falls silent, tells so, and uses the path again", async () => {
    await bench.setClass("gold");
    const trial = await tryFault(bench, { access: "wifi", fault: "blackhole", direction, way: "agent" });
    expect(trial.gapMs).toBeLessThan(500);
    expect(trial.laterMbps).toBeGreaterThan(50);
    expect(trial.recoveryMs).toBeLessThan(2000);
    const story = storyOf(await eventsOfLast(bench));
    const stalled = story.indexOf("wifi stalled stalled");
    expect(story.slice(stalled).filter((line) => !line.includes("session-ended"))).toEqual([
      "wifi stalled stalled",
      "wifi closed stalled",
      "lte moved stalled",
      "wifi recovered stall-over",
    ]);
  });
});

describe("steering by the backup flag", () => {
  let bench: SteeringBench;

  beforeAll(async () => {
    bench = await startSteeringBench({ TWINPATH_PACING: "off" });
    await setLinks(bench.net, "city");
  });
  afterAll(() => bench?.stop());
  beforeEach((context) => requireAbility(context, "namespaces", "nginx", "wget", "compiler"));

  it("holds a share, and says why it does not pace", async () => {
    expect(await bench.demo.logOf("testbed-proxy")).toContain("TWINPATH_PACING is off");
    await bench.setClass("silver", { lteSharePercent: 20, wifiSufficientMbps: null });
    const result = await bench.flows.run({ direction, way: "agent", seconds: 9 });
    const [from, to] = [result.startedMs + 3000, result.startedMs + 9000];
    expect(Math.abs(bench.counters.lteShare(direction, from, to) - 20)).toBeLessThan(4);
    expect(goodputMbps(result, 3000, 9000)).toBeGreaterThan(140);
  });
});
