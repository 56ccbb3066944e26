import type { SubflowAddress } from "@/lib/mptcp/face";
import { correctLteRate, type LteCorrection } from "@/lib/policy/steering/correct-lte-rate";
import { shareLteCap } from "@/lib/policy/steering/share-lte-cap";
import { LinkUse } from "./link-use";
import type { SteeredSession, SubscriberShare } from "./steered-session";

const shareEveryMs = 100;
const smoothingMs = 400;
/** A path that uses this part of what it has may want more. */
const hungryPart = 0.8;

/** Addresses come and go while a subscriber has sessions: links that are not used any more are forgotten together. */
const mostLinks = 64;

/** Bytes a second: sent over LTE lately, and given; null for a session that is new there. */
type Use = { knownMs: number; sentBytes: number; usedRate: number; givenRate: number | null };

/** The running sessions of one subscriber, and what they share: the LTE cap, and WiFi's sufficiency. */
export class SubscriberPaths {
  readonly sessions = new Set<SteeredSession>();
  private readonly uses = new Map<SteeredSession, Use>();
  private correction: LteCorrection = { offset: 0 };
  private sharedMs = Number.NEGATIVE_INFINITY;
  private isChanged = false;
  private readonly links = new Map<string, LinkUse>();

  /** What the sessions together get between these two addresses. */
  linkOf({ local, remote }: Pick<SubflowAddress, "local" | "remote">): LinkUse {
    const key = `${local.address} ${remote.address}`;
    const known = this.links.get(key);
    if (known !== undefined) return known;
    if (this.links.size >= mostLinks) this.links.clear();
    const use = new LinkUse();
    this.links.set(key, use);
    return use;
  }

  /** A path or a cap is another one: share anew at the next step. */
  changed(): void {
    this.isChanged = true;
  }

  remove(session: SteeredSession): void {
    this.sessions.delete(session);
    this.uses.delete(session);
    this.isChanged = true;
  }

  /** What is this session's now. Units: bytes a second, milliseconds of a clock that never steps. */
  shareOf(session: SteeredSession, nowMs: number): SubscriberShare {
    const cap = session.steering.lteRateBytesPerSecond;
    if (cap !== null && (this.isChanged || nowMs - this.sharedMs >= shareEveryMs)) this.share(cap, nowMs);
    return {
      lteLimitBytesPerSecond: cap === null ? null : (this.uses.get(session)?.givenRate ?? cap),
      otherWifiBytesPerSecond: this.otherWifi(session, nowMs),
    };
  }

  private otherWifi(session: SteeredSession, nowMs: number): number {
    if (this.sessions.size === 1 || session.steering.wifiSufficientMbps === null) return 0;
    let sum = 0;
    for (const other of this.sessions) if (other !== session) sum += other.wifiBytesPerSecond(nowMs);
    return sum;
  }

  private share(cap: number, nowMs: number): void {
    const spanMs = Number.isFinite(this.sharedMs) ? Math.max(1, nowMs - this.sharedMs) : shareEveryMs;
    this.sharedMs = nowMs;
    this.isChanged = false;
    const onLte = [...this.sessions].filter((session) => session.hasLte);
    const uses = onLte.map((session) => this.measure(session, spanMs));
    const bytesPerSecond = uses.reduce((sum, { usedRate }) => sum + usedRate, 0);
    const isSaturated = bytesPerSecond > cap / 2 && uses.some(isHungry);
    const corrected = correctLteRate(cap, this.correction, { bytesPerSecond, isSaturated, spanMs });
    this.correction = corrected.correction;
    const rates = shareLteCap(corrected.rate, uses);
    this.uses.clear();
    for (const [index, session] of onLte.entries()) {
      const use = uses[index];
      if (use !== undefined) this.uses.set(session, { ...use, givenRate: Math.max(1, rates[index] ?? cap) });
    }
  }

  private measure(session: SteeredSession, spanMs: number): Use {
    const sentBytes = session.lteSentBytes;
    const known = this.uses.get(session);
    if (known === undefined) return { knownMs: 0, sentBytes, usedRate: 0, givenRate: null };
    const rate = ((sentBytes - known.sentBytes) * 1000) / spanMs;
    const knownMs = known.knownMs + spanMs;
    // A plain mean at first, so that a new path's rate is not taken for too low.
    const weight = Math.max(1 - Math.exp(-spanMs / smoothingMs), spanMs / knownMs);
    return { ...known, knownMs, sentBytes, usedRate: known.usedRate + weight * (rate - known.usedRate) };
  }
}

function isHungry({ usedRate, givenRate }: Use): boolean {
  return givenRate !== null && usedRate >= hungryPart * givenRate;
}
