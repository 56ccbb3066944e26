import type { TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun, LiveEvent, LiveNode, LiveRate } from "@/lib/contracts/live";
import { RingBuffer } from "./ring-buffer";

/**
 * `connecting`: nothing came yet. `live`: an event within 5 s. `stale`: none; the stream is being opened again.
 * `mismatch`: the portal speaks another version than this page.
 */
export type LivePhase = "connecting" | "live" | "stale" | "mismatch";

export type LiveState = {
  phase: LivePhase;
  /** False until the first snapshot: empty lists mean "not known yet". */
  hasSnapshot: boolean;
  nodes: readonly LiveNode[];
  testbed: TestbedStatus | null;
  /** The newest run the portal told of. */
  run: DemoRun | null;
  /** The run on the stage: one that was seen queued or running in this tab (or when it was drawn) and not put away. */
  stagedRunId: string | null;
  rateVersion: number;
  /** Browser clock, milliseconds. */
  lastEventAtMs: number | null;
  /** Browser clock minus portal clock, milliseconds: the least seen, so that late events do not count as skew. */
  clockSkewMs: number;
};

/** 120 s at the fastest report of 5 Hz, with room for two nodes out of step. */
const rateCapacity = 1300;

/** What a tab knows before its stream has said anything; the portal draws its pages from the same. */
export const initialLiveState: LiveState = {
  phase: "connecting",
  hasSnapshot: false,
  nodes: [],
  testbed: null,
  run: null,
  stagedRunId: null,
  rateVersion: 0,
  lastEventAtMs: null,
  clockSkewMs: Number.POSITIVE_INFINITY,
};

/** True while the testbed still has work on this run. */
export function isRunActive(run: DemoRun): boolean {
  return run.state === "queued" || run.state === "running";
}

function withNode(nodes: readonly LiveNode[], node: LiveNode): LiveNode[] {
  if (node.order?.isRevoked === true) return nodes.filter(({ id }) => id !== node.id);
  const isKnown = nodes.some((known) => known.id === node.id);
  return isKnown ? nodes.map((known) => (known.id === node.id ? node : known)) : [...nodes, node];
}

/**
 * What one tab knows from `GET /api/live`, outside React. Events change it at once; listeners are told through
 * `schedule`, so that a burst is one notification.
 */
export class LiveStore {
  readonly rates = new RingBuffer<LiveRate>(rateCapacity);
  #state: LiveState = initialLiveState;
  #listeners = new Set<() => void>();
  #schedule: () => void = () => this.notify();

  readonly getState = (): LiveState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** How notifications are put off (a frame); without it they go out at once. */
  setSchedule(schedule: () => void): void {
    this.#schedule = schedule;
  }

  readonly notify = (): void => {
    for (const listener of this.#listeners) listener();
  };

  setPhase(phase: LivePhase): void {
    if (phase !== this.#state.phase) this.#change({ phase });
  }

  /** The run that the page was drawn with takes the stage, also where it has ended by the time the stream tells. */
  stage(runId: string): void {
    if (!this.#state.hasSnapshot) this.#change({ stagedRunId: runId });
  }

  /** Put the staged run away; the next run that starts takes the stage. */
  clearStage(): void {
    this.#change({ stagedRunId: null });
  }

  apply(event: LiveEvent, nowMs: number): void {
    const phase = this.#state.phase === "mismatch" ? "mismatch" : "live";
    this.#change({ ...this.#reduce(event, nowMs), phase, lastEventAtMs: nowMs });
  }

  #reduce(event: LiveEvent, nowMs: number): Partial<LiveState> {
    switch (event.type) {
      case "snapshot": {
        this.rates.replace(event.rates);
        const { nodes, testbed, run } = event;
        const staged = run !== null && isRunActive(run) ? { stagedRunId: run.id } : {};
        return {
          hasSnapshot: true,
          nodes,
          testbed,
          run,
          ...staged,
          rateVersion: this.rates.version,
          clockSkewMs: nowMs - Date.parse(event.at),
        };
      }
      case "rate":
        this.rates.push(event.rate);
        return { rateVersion: this.rates.version, ...this.#skew(event.rate.at, nowMs) };
      case "node":
        return { nodes: withNode(this.#state.nodes, event.node) };
      case "testbed":
        return { testbed: event.testbed };
      case "run":
        return isRunActive(event.run) ? { run: event.run, stagedRunId: event.run.id } : { run: event.run };
      case "lane": {
        const { run } = this.#state;
        if (run === null || run.id !== event.runId) return {};
        const lanes = run.lanes.map((lane) =>
          lane.lane === event.lane.lane ? { ...event.lane, samples: [...lane.samples, ...event.lane.samples] } : lane,
        );
        return { run: { ...run, lanes } };
      }
      case "heartbeat":
        return this.#skew(event.at, nowMs);
    }
  }

  #skew(at: string, nowMs: number): Partial<LiveState> {
    const skew = nowMs - Date.parse(at);
    return skew < this.#state.clockSkewMs ? { clockSkewMs: skew } : {};
  }

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#schedule();
  }
}
