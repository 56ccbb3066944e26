import { describe, expect, it, vi } from "vitest";
import { LiveStore } from "@/components/live/live-store";
import { RingBuffer } from "@/components/live/ring-buffer";
import type { LaneReport } from "@/lib/contracts/demo";
import type { DemoRun, LiveEvent, LiveRate } from "@/lib/contracts/live";

const at = "2026-01-01T00:00:00Z";
const rate: LiveRate = {
  at,
  downloadBps: { lte: 1, wifi: 2, other: 0 },
  uploadBps: { lte: 0, wifi: 0, other: 0 },
  sessions: 0,
  mptcpSessions: 0,
};

function lane(sampleTimes: number[], state: LaneReport["state"] = "running"): LaneReport {
  return {
    lane: "lte-only",
    state,
    command: null,
    startedAt: null,
    elapsedMs: null,
    deliveredBytes: 0,
    sha256: null,
    error: null,
    faults: [],
    samples: sampleTimes.map((tMs) => ({ tMs, lteBytes: tMs, wifiBytes: 0, deliveredBytes: tMs })),
  };
}

function run(state: DemoRun["state"], lanes = [lane([])]): DemoRun {
  const request = { preset: "city", device: null, direction: "download", sizeBytes: 1_000_000 } as const;
  return {
    id: "run-1",
    request: { ...request, lanes: ["lte-only"] },
    state,
    createdAt: at,
    finishedAt: null,
    createdBy: "Ana",
    lanes,
    testbed: null,
    device: null,
  };
}

const snapshot = (of: DemoRun | null): LiveEvent => ({
  type: "snapshot",
  at,
  rates: [rate],
  nodes: [],
  testbed: null,
  run: of,
});

describe("RingBuffer", () => {
  it("keeps the newest, oldest first", () => {
    const ring = new RingBuffer<number>(3);
    for (const item of [1, 2, 3, 4, 5]) ring.push(item);
    expect(ring.toArray()).toEqual([3, 4, 5]);
    expect(ring.last()).toBe(5);
    ring.replace([7, 8, 9, 10]);
    ring.push(11);
    expect(ring.toArray()).toEqual([9, 10, 11]);
  });
});

describe("LiveStore", () => {
  it("appends a lane's new samples and replaces the rest", () => {
    const store = new LiveStore();
    store.apply(snapshot(run("running", [lane([200])])), 0);
    store.apply({ type: "lane", runId: "run-1", lane: lane([400, 600], "finished") }, 0);
    store.apply({ type: "lane", runId: "another", lane: lane([999]) }, 0);
    const [known] = store.getState().run?.lanes ?? [];
    expect(known?.samples.map(({ tMs }) => tMs)).toEqual([200, 400, 600]);
    expect(known?.state).toBe("finished");
  });

  it("is right again after a gap: a snapshot replaces all", () => {
    const store = new LiveStore();
    store.apply(snapshot(run("running", [lane([200])])), 0);
    store.apply({ type: "rate", rate }, 0);
    store.apply(snapshot(run("running", [lane([200, 400])])), 0);
    expect(store.rates.toArray()).toHaveLength(1);
    expect(store.getState().run?.lanes[0]?.samples).toHaveLength(2);
  });

  it("stages only runs that were seen going, until they are put away", () => {
    const store = new LiveStore();
    store.apply(snapshot(run("finished")), 0);
    expect(store.getState().stagedRunId, "an old run is not on the stage").toBeNull();
    store.apply({ type: "run", run: run("queued") }, 0);
    store.apply({ type: "run", run: run("finished") }, 0);
    expect(store.getState().stagedRunId, "its result stays").toBe("run-1");
    store.clearStage();
    expect(store.getState().stagedRunId).toBeNull();
  });

  it("stages the run that the page was drawn with, though it has ended when the stream tells; no older one later", () => {
    const store = new LiveStore();
    store.stage("run-1");
    store.apply(snapshot(run("cancelled")), 0);
    expect(store.getState().stagedRunId).toBe("run-1");
    store.clearStage();
    store.stage("run-1");
    expect(store.getState().stagedRunId).toBeNull();
  });

  it("tells listeners through the schedule, so that a burst is one notification", () => {
    const store = new LiveStore();
    const listener = vi.fn();
    const schedule = vi.fn();
    store.subscribe(listener);
    store.setSchedule(schedule);
    for (let count = 0; count < 50; count += 1) store.apply({ type: "rate", rate }, 0);
    expect(listener).not.toHaveBeenCalled();
    expect(schedule).toHaveBeenCalledTimes(50);
    store.notify();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("calls figures live from an event on, stale when told, and stays with a mismatch", () => {
    const store = new LiveStore();
    expect(store.getState().phase).toBe("connecting");
    store.apply(snapshot(null), 0);
    store.setPhase("stale");
    store.apply({ type: "heartbeat", at }, 0);
    expect(store.getState().phase).toBe("live");
    store.setPhase("mismatch");
    store.apply({ type: "heartbeat", at }, 0);
    expect(store.getState().phase).toBe("mismatch");
  });
});
