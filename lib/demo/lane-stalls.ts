import type { LaneFault, TestbedStatus } from "@/lib/contracts/demo";

/** Pauses shorter than this are how any transfer arrives. */
const leastGapMs = 20;
/** A carrier that goes is felt before the fault is said to be in force. */
const beforeMs = 500;
/** A pause that begins later than this has another cause. */
const afterMs = 10_000;
const keptGaps = 200;
/** As many as a report may have. */
const mostFaults = 1000;

type Gap = { fromMs: number; toMs: number };

/**
 * What a lane's payload did when a link's fault began or ended: how long nothing was handed out. Times in milliseconds
 * since the lane's start, by its own clock; `startedAtMs` is that moment since 1970.
 */
export class LaneStalls {
  readonly #faults: LaneFault[] = [];
  readonly #gaps: Gap[] = [];
  #known: TestbedStatus["faults"];
  #lastByteMs: number | null = null;

  constructor(
    private readonly startedAtMs: number,
    atStart: TestbedStatus["faults"],
  ) {
    this.#known = atStart;
    for (const access of ["lte", "wifi"] as const) {
      const { fault } = atStart[access];
      if (fault !== "none") this.#faults.push({ tMs: 0, access, fault, stallMs: 0 });
    }
  }

  /** Payload was handed out. */
  noteBytes(nowMs: number): void {
    if (this.#lastByteMs !== null && nowMs - this.#lastByteMs >= leastGapMs) {
      this.#gaps.push({ fromMs: this.#lastByteMs, toMs: nowMs });
      if (this.#gaps.length > keptGaps) this.#gaps.shift();
    }
    this.#lastByteMs = nowMs;
  }

  /** The links as they are now; a fault that began or ended since is kept. */
  noteFaults(faults: TestbedStatus["faults"]): void {
    for (const access of ["lte", "wifi"] as const) {
      const { fault, at } = faults[access];
      if (at === null || at === this.#known[access].at || this.#faults.length >= mostFaults) continue;
      this.#faults.push({ tMs: Math.max(0, Date.parse(at) - this.startedAtMs), access, fault, stallMs: 0 });
    }
    this.#known = faults;
  }

  /** Every fault so far with the longest pause around it; a pause that lasts counts up to now. */
  faults(nowMs: number): LaneFault[] {
    const open = this.#lastByteMs === null ? [] : [{ fromMs: this.#lastByteMs, toMs: nowMs }];
    const gaps = [...this.#gaps, ...open];
    this.#faults.forEach((one, index) => {
      const untilMs = Math.min(one.tMs + afterMs, this.#faults[index + 1]?.tMs ?? Number.POSITIVE_INFINITY);
      const met = gaps.filter(({ fromMs, toMs }) => fromMs < untilMs && toMs > one.tMs - beforeMs);
      const longestMs = Math.max(0, ...met.map(({ fromMs, toMs }) => toMs - fromMs));
      if (longestMs >= leastGapMs) one.stallMs = Math.max(one.stallMs, Math.round(longestMs));
    });
    return this.#faults.map((one) => ({ ...one }));
  }
}
