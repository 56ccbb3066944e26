import type { AccessKind } from "../policy-input";
import { InFlightBound } from "./in-flight-bound";
import { RateEstimate } from "./rate-estimate";
import type { SubflowReading } from "./steering-types";

/** One reading makes the best rate older by no more than this. */
const agedByMs = 200;
/** A path that delivers pauses no longer than this, or than the time between two readings. */
export const pauseMs = 100;

/** What may wait on a path, and be on its way there; null: as much as the kernel likes. */
export type PathBounds = { readonly unsentBytes: number | null; readonly inFlightBytes: number | null };
export const noBounds: PathBounds = { unsentBytes: null, inFlightBytes: null };

/** What is remembered of one subflow between readings. */
export class PathState {
  readonly id: number;
  readonly access: AccessKind;
  readonly firstSeenMs: number;
  /** Since when nobody has paced it: what it delivers says what it can do only some time after. */
  freeSinceMs: number;
  /** When its congestion control began. */
  freshMs: number;
  reading: SubflowReading;
  /** Acknowledged since the reading before, and arrived, in order or not. */
  newBytes = 0;
  private arrivedBytes = 0;
  /** Since when bytes are on the way without a pause; null while none are. */
  busySinceMs: number | null = null;
  /** Since when bytes are on the way or wait to be: a path that sends a segment now and then is not idle between. */
  committedSinceMs: number | null = null;
  /** When bytes last arrived, or became due to. */
  lastProgressMs: number;
  /** Since when bytes have arrived without a long pause; null while they do not. */
  progressSinceMs: number | null = null;
  /** Since when what waits would take too long; null while it does not. */
  slowSinceMs: number | null = null;
  /** The highest steady rate of the last seconds. */
  bestBytesPerSecond = 0;
  isDestroyed = false;
  /** Asked for last, and when: an order takes a moment. */
  backupOrder: { isBackup: boolean; atMs: number } | null = null;
  pace: number | null = null;
  /** Congestion control has learned a pace, not the path's rate. */
  isMisled = false;
  bounds: PathBounds = noBounds;
  readonly inFlightBound: InFlightBound;
  /** Since when a lower rate waits for bytes to leave that were given to the path before; null while none does. */
  drainingSinceMs: number | null = null;
  private readonly steady = new RateEstimate(400);
  private readonly recent = new RateEstimate(150);

  constructor(reading: SubflowReading, nowMs: number) {
    this.id = reading.id;
    this.access = reading.access;
    this.reading = reading;
    this.firstSeenMs = nowMs;
    this.freeSinceMs = nowMs;
    this.freshMs = nowMs;
    this.lastProgressMs = nowMs;
    this.inFlightBound = new InFlightBound(nowMs);
  }

  /** Delivered bytes a second, over the last half second or so. */
  get steadyBytesPerSecond(): number {
    return this.steady.bytesPerSecond;
  }

  /** What arrives, repeated bytes included: quicker to follow and less steady. */
  get recentBytesPerSecond(): number {
    return this.recent.bytesPerSecond;
  }

  /** On the way, not acknowledged. The kernel's count of the SYN makes it one too few on the connecting side. */
  get inFlightBytes(): number {
    return Math.max(0, this.reading.sentBytes - this.reading.ackedBytes);
  }

  /** Given to the subflow and not delivered. */
  get committedBytes(): number {
    return this.inFlightBytes + this.reading.notSentBytes;
  }

  get isUsable(): boolean {
    return this.reading.isEstablished && !this.isDestroyed;
  }

  /** Nobody paces it any more: what the path can do has to be found out again. */
  freed(nowMs: number): void {
    this.freeSinceMs = nowMs;
    this.inFlightBound.restart(nowMs);
  }

  /** @param isBlind too long after the reading before to say anything about the time between */
  read(reading: SubflowReading, nowMs: number, sinceMs: number, isBlind: boolean): void {
    this.newBytes = Math.max(0, reading.ackedBytes - this.reading.ackedBytes);
    this.arrivedBytes = Math.max(this.newBytes, reading.deliveredBytes - this.reading.deliveredBytes);
    this.reading = reading;
    if (sinceMs > 0) {
      this.steady.add(this.newBytes, sinceMs);
      this.recent.add(this.arrivedBytes, sinceMs);
      this.bestBytesPerSecond = Math.max(
        this.bestBytesPerSecond * Math.exp(-Math.min(sinceMs, agedByMs) / 10_000),
        this.steadyBytesPerSecond,
      );
    }
    this.inFlightBound.follow(reading, this.steadyBytesPerSecond, this.bestBytesPerSecond, nowMs);
    this.followProgress(nowMs, sinceMs, isBlind);
  }

  private followProgress(nowMs: number, sinceMs: number, isBlind: boolean): void {
    const longestPauseMs = Math.max(pauseMs, sinceMs);
    if (this.committedBytes === 0) this.committedSinceMs = null;
    else if (this.committedSinceMs === null || isBlind) this.committedSinceMs = nowMs;
    if (this.inFlightBytes === 0) this.busySinceMs = null;
    else if (this.busySinceMs === null || isBlind) {
      this.busySinceMs = nowMs;
      this.lastProgressMs = nowMs;
    }
    if (isBlind) this.slowSinceMs = null;
    if (this.arrivedBytes > 0) {
      if (this.progressSinceMs === null || isBlind || nowMs - this.lastProgressMs > longestPauseMs)
        this.progressSinceMs = nowMs;
      this.lastProgressMs = nowMs;
    }
    if (nowMs - this.lastProgressMs > longestPauseMs) this.progressSinceMs = null;
  }
}
