import type { AccessKind } from "@/lib/policy/policy-input";

/** A rate says something about the same access for this long, less and less. */
const keptMs = 60_000;
const halvedAfterMs = 30_000;
/** Slower says more about the sender than about the path. */
const leastBytesPerSecond = 125_000;
/** Of what the path would hold: another one may have come to share it. */
const startPart = 0.5;
/** A longer round trip is a full queue's. */
const longestRttMs = 200;
/** Less is what a path begins with anyway. */
const leastStartBytes = 30_000;
const mostKept = 10_000;

type Known = { bytesPerSecond: number; atMs: number };

function agedRate({ bytesPerSecond, atMs }: Known, nowMs: number): number {
  return nowMs - atMs > keptMs ? 0 : bytesPerSecond * 2 ** ((atMs - nowMs) / halvedAfterMs);
}

/**
 * What each subscriber's accesses delivered lately, so that the next session's paths need not find it out from ten
 * segments on: at 100 ms a round trip that takes a second. Units: bytes a second, milliseconds of a clock that never steps.
 *
 * Source: draft-ietf-tsvwg-careful-resume §4 (half of what was seen, and no more without news of the path).
 */
export class KnownRates {
  private readonly known = new Map<string, Known>();

  /** One path delivers so much. */
  note(subscriber: string, access: AccessKind, bytesPerSecond: number, nowMs: number): void {
    if (bytesPerSecond < leastBytesPerSecond) return;
    const key = `${access} ${subscriber}`;
    const before = this.known.get(key);
    if (before !== undefined && agedRate(before, nowMs) > bytesPerSecond) return;
    this.known.delete(key);
    this.known.set(key, { bytesPerSecond, atMs: nowMs });
    if (this.known.size <= mostKept) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }

  /** What may leave at once on a path of this round trip, one of so many sessions; null: no more than usual. */
  startBytes(subscriber: string, access: AccessKind, rttMs: number, sessions: number, nowMs: number): number | null {
    const known = this.known.get(`${access} ${subscriber}`);
    if (known === undefined) return null;
    const window = (agedRate(known, nowMs) * Math.min(rttMs, longestRttMs)) / 1000;
    const bytes = Math.round((startPart * window) / Math.max(1, sessions));
    return bytes < leastStartBytes ? null : bytes;
  }
}
