import { type PathState, pauseMs } from "./path-state";
import type { DestroyCause, SteeringReading } from "./steering-types";

type StepMoment = Pick<SteeringReading, "nowMs" | "everyMs">;

/** A path that just joined is starting up: what looks like a stall is its first round trips. */
const graceMs = 1000;
const minBusyMs = 200;
const minSilenceMs = 130;
/** Where the path to move to is idle, nothing proves that the other end is there: wait longer. */
const idleExtraMs = 100;
/** The link works for the subscriber's other sessions: the kernel gets this long to mend what is silent. */
const aliveExtraMs = 3000;
/** A path that was idle starts slowly, and doubles with each round trip: its rate says nothing before. */
const rampMs = 500;
const rampRoundTrips = 6;
const maxDrainMs = 1000;
/** A path that was never better is left alone unless it is of no use at all: slower than this, for so long. */
const uselessBytesPerSecond = 190_000;
const uselessDrainMs = 3000;
const uselessForMs = 1000;
const slowForMs = 200;
/** Of a path's best rate: above, it is as good as it was, and only full. */
const degradedShare = 0.25;

/**
 * How long nothing may be acknowledged: the round trip and its variation as in a retransmission time-out, three round
 * trips at most, since a queue that is filling makes both large.
 *
 * Source: RFC 6298 §2.3, without its minimum of one second.
 */
export function silenceLimitMs(srttMs: number, rttVarMs: number): number {
  return Math.max(minSilenceMs, Math.min(3 * srttMs, srttMs + 4 * rttVarMs + 50));
}

/** Two paths that fall silent together do so not at the same moment. */
const recentMs = 50;

/** True where the path has acknowledged bytes without a pause: it works, and so does the other end. */
function isProgressing(path: PathState, nowMs: number): boolean {
  const { progressSinceMs, lastProgressMs } = path;
  return progressSinceMs !== null && nowMs - progressSinceMs >= pauseMs && nowMs - lastProgressMs <= recentMs;
}

/** True where nothing is on the path, and nothing speaks against it. */
function isReady(path: PathState, nowMs: number): boolean {
  return path.busySinceMs === null && nowMs - path.firstSeenMs >= graceMs;
}

function isStalled(path: PathState, others: readonly PathState[], { nowMs, everyMs }: StepMoment): boolean {
  if (path.busySinceMs === null || nowMs - path.busySinceMs < minBusyMs) return false;
  const { srttMs, rttVarMs, link } = path.reading;
  const limitMs = silenceLimitMs(srttMs, rttVarMs);
  const isLinkAlive = link !== null && nowMs - link.progressMs < limitMs + everyMs;
  const overdueMs = nowMs - path.lastProgressMs - limitMs - (isLinkAlive ? aliveExtraMs : 0);
  if (overdueMs < 0) return false;
  return others.some((other) => isProgressing(other, nowMs) || (overdueMs >= idleExtraMs && isReady(other, nowMs)));
}

/** Follows how long what waits on the path would take to drain. */
function isTooSlow(path: PathState, others: readonly PathState[], nowMs: number): boolean {
  const rate = path.recentBytesPerSecond;
  const committedMs = path.committedSinceMs === null ? 0 : nowMs - path.committedSinceMs;
  const isRamping = committedMs < Math.max(rampMs, rampRoundTrips * path.reading.srttMs);
  const drainMs = isRamping ? 0 : (path.committedBytes * 1000) / Math.max(rate, 1);
  const isOurDoing = path.pace !== null && rate >= 0.5 * path.pace;
  // Where no other path shows that the other end is there, everything may have paused.
  const isOtherWell = others.some((other) => isProgressing(other, nowMs) || isReady(other, nowMs));
  if (drainMs < maxDrainMs || isOurDoing || !isOtherWell) {
    path.slowSinceMs = null;
    return false;
  }
  path.slowSinceMs ??= nowMs;
  const slowMs = nowMs - path.slowSinceMs;
  // One of many sessions on a full link, or one that repairs a loss, is slow on a link that does what it can.
  const { link } = path.reading;
  const isLinkDegraded = link === null || link.bytesPerSecond <= degradedShare * link.bestBytesPerSecond;
  const isDegraded = isLinkDegraded && rate <= degradedShare * path.bestBytesPerSecond;
  const isUseless = Math.max(rate, link?.bytesPerSecond ?? 0) < uselessBytesPerSecond && drainMs >= uselessDrainMs;
  return (isDegraded && slowMs >= slowForMs) || (isUseless && slowMs >= uselessForMs);
}

/**
 * Whether a path holds the session up so that its data should move to the others; null where not. Never the last
 * usable path, nor one that has just joined.
 */
export function judgePath(path: PathState, usable: readonly PathState[], moment: StepMoment): DestroyCause | null {
  const others = usable.filter((other) => other !== path);
  if (others.length === 0 || moment.nowMs - path.firstSeenMs < graceMs) return null;
  if (isStalled(path, others, moment)) return "stalled";
  return isTooSlow(path, others, moment.nowMs) ? "too-slow" : null;
}
