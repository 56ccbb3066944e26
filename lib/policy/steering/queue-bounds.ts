import type { PathState } from "./path-state";

/** A path that has just joined finds its rate first, and the others must not be in its way. */
const rampMs = 400;
/** What every path may hold beyond the longest window: more at first, while rates still grow. */
const firstMarginMs = 60;
const leastMarginMs = 10;
const mostMarginMs = 400;
/** Where nothing bounds what is in flight, congestion control may have this much of a round trip on its way. */
const windowPart = 1.25;
/** A path with nothing to send while the session waits: for so long, it was the bound's doing. */
const dryMs = 30;
const growEveryMs = 100;
const growth = 1.5;
const shrinkMs = 1500;
const minBytes = 65_536;
/** Without a bound, less than this is no queue. */
const queueBytes = 131_072;

/**
 * How much may wait on each path, so that what must move to another one when a path fails does not come behind megabytes.
 *
 * The kernel gives data to the path that would be empty soonest, (in flight + waiting) ÷ pacing rate, and to none while
 * that one is at its bound. So the bounds are equal in time, not in bytes: every path may hold what it sends in the longest
 * window and a margin, less what is in flight anyway. A shorter bound on the shorter path would starve the longer one;
 * where one runs dry all the same, the margin grows, and shrinks slowly.
 *
 * Source: net/mptcp/protocol.c, mptcp_subflow_get_send.
 */
export class QueueBounds {
  private marginMs = firstMarginMs;
  private drySinceMs: number | null = null;
  private grownMs = Number.NEGATIVE_INFINITY;
  private longestMs = 0;
  private isOn = false;

  /** @param paths those that carry data now; `unsentBytes` of the session wait for any of them */
  step(paths: readonly PathState[], unsentBytes: number, nowMs: number, sinceMs: number): void {
    this.isOn = paths.length > 1 && paths.every(({ freeSinceMs }) => nowMs - freeSinceMs >= rampMs);
    if (!this.isOn) return;
    this.longestMs = Math.max(...paths.map(windowOf));
    const isDry = unsentBytes > 0 && paths.some(({ reading }) => reading.notSentBytes === 0);
    if (!isDry) this.drySinceMs = null;
    else this.drySinceMs ??= nowMs;
    if (this.drySinceMs !== null && nowMs - this.drySinceMs >= dryMs && nowMs - this.grownMs >= growEveryMs) {
      this.marginMs = Math.min(mostMarginMs, this.marginMs * growth);
      this.grownMs = nowMs;
    } else this.marginMs = Math.max(leastMarginMs, this.marginMs * Math.exp(-sinceMs / shrinkMs));
  }

  /** Bytes that may wait on the path unsent; null: no bound. */
  of(path: PathState): number | null {
    if (!this.isOn || path.bestBytesPerSecond === 0) return null;
    if (path.bounds.unsentBytes === null && path.reading.notSentBytes < queueBytes) return null;
    const holdMs = this.longestMs - windowOf(path) + this.marginMs;
    return Math.max(minBytes, Math.round((path.bestBytesPerSecond * holdMs) / 1000));
  }

  /** Bytes that may be on their way on the path; null: no bound. */
  inFlightOf(path: PathState): number | null {
    const isQueued = path.bounds.inFlightBytes !== null || path.reading.notSentBytes >= queueBytes;
    return isQueued ? path.inFlightBound.bytes : null;
  }
}

function windowOf({ inFlightBound, reading }: PathState): number {
  return inFlightBound.windowMs ?? windowPart * reading.srttMs;
}
