import { RateEstimate } from "./rate-estimate";
import type { BackupCause, SteeringReading, SteeringSettings } from "./steering-types";

/** What is measured at one step, summed over the paths of a kind. */
export type AccessTotals = {
  lteNewBytes: number;
  restNewBytes: number;
  restBytesPerSecond: number;
  lteBytesPerSecond: number;
  lteCommittedBytes: number;
  /** Given to WiFi and not to the network yet: the kernel queues there before it makes the session wait. */
  restNotSentBytes: number;
  restInFlightBytes: number;
  /** What WiFi's steady rate keeps in flight: bandwidth × delay. */
  restWindowBytes: number;
};

/** Since the step before, and how much of it that step vouches for: nobody has seen what was between unusual readings. */
export type StepTime = { sinceMs: number; seenMs: number };

/**
 * Whether LTE is held as backup, and how fast it may go; null means as fast as it can. `isPause`: only while WiFi
 * pauses, so what was given to LTE before may wait as well.
 */
export type LtePlan = { isHeld: boolean; bytesPerSecond: number | null; cause: BackupCause; isPause?: boolean };

/** Without a limit: what LTE was given before holds the session up until it is delivered. */
const held: LtePlan = { isHeld: true, bytesPerSecond: null, cause: "wifi-suffices" };

/** Bytes that wait although WiFi is there: below, they are on their way through. */
const hungryBytes = 64_000;
const hungryForMs = 300;
/** With a sufficient rate set, WiFi gets this long to reach it. */
const wifiRampMs = 1000;
const fedForMs = 500;
const sufficientForMs = 500;
/** How far back the balance of the share looks: bytes count e times less for every such span. */
const balanceMs = 1000;
/** An imbalance is made good within about this time. */
const repayMs = 500;
/** Slower, LTE would rather hold up its data than help. */
const minBytesPerSecond = 20_000;
const usefulBytesPerSecond = 30_000;
const planEveryMs = 50;
/** How far back WiFi's rate is looked at. */
const restMs = 150;
/** bbr empties WiFi for 200 ms every ten seconds: LTE goes at this part of its rate meanwhile, enough to stay awake. */
const pauseRate = 0.05;
/** A pause: less than this part of what the rate needs is in flight, although bytes wait; longer, it is none. */
const pauseWindow = 0.3;
const longestPauseMs = 300;
/** Without pacing: at most what LTE earns in this time is kept for later, or owed. */
const maxCreditS = 0.1;
const maxDebtS = 3;

/** Time for which a condition has been seen to hold, by being told of it again and again; -1: it does not hold. */
class Since {
  private heldMs = -1;

  holds(isTrue: boolean, seenMs: number): number {
    if (!isTrue) this.heldMs = -1;
    else this.heldMs = this.heldMs < 0 ? 0 : this.heldMs + seenMs;
    return this.heldMs;
  }
}

function isPausing({ restNotSentBytes, restInFlightBytes, restWindowBytes }: AccessTotals): boolean {
  return restNotSentBytes > 0 && restInFlightBytes < pauseWindow * restWindowBytes;
}

/**
 * The mode `lte-share`. While WiFi does what is asked for, or reaches the sufficient rate, LTE is held as backup. While
 * bytes persistently wait, LTE takes share/(1 − share) of WiFi's rate, corrected by the imbalance so far, so that the
 * share holds whatever the pacing loses to rounding and the paths to loss.
 */
export class LteSharePlan {
  private isAssisting = false;
  private readonly hungry = new Since();
  private readonly fed = new Since();
  private readonly sufficient = new Since();
  private lteBytes = 0;
  private allBytes = 0;
  private readonly pause = new Since();
  /** WiFi's rate, pauses left out. */
  private readonly rest = new RateEstimate(restMs);
  /** Bytes that LTE may still deliver, without pacing. */
  private credit = 0;
  /** What LTE is asked for per byte it should deliver: pacing that gives less is asked for more. */
  private trim = 1;
  private rate = usefulBytesPerSecond;
  private isTooLittle = false;
  private plannedMs = Number.NEGATIVE_INFINITY;

  /** WiFi has come or gone: what was before says nothing about the share from now on. */
  reset(): void {
    this.isAssisting = false;
    this.lteBytes = 0;
    this.allBytes = 0;
    this.plannedMs = Number.NEGATIVE_INFINITY;
  }

  step(
    settings: SteeringSettings,
    reading: SteeringReading,
    totals: AccessTotals,
    { sinceMs, seenMs }: StepTime,
  ): LtePlan {
    const share = Math.min(0.95, (settings.lteSharePercent ?? 0) / 100);
    const kept = Math.exp(-sinceMs / balanceMs);
    this.lteBytes = this.lteBytes * kept + totals.lteNewBytes;
    this.allBytes = this.allBytes * kept + totals.lteNewBytes + totals.restNewBytes;
    const pausedMs = this.pause.holds(isPausing(totals), seenMs);
    const isPause = pausedMs >= 0 && pausedMs < longestPauseMs;
    if (!isPause) this.rest.add(totals.restNewBytes, sinceMs);
    const wasAssisting = this.isAssisting;
    this.followDemand(settings, reading, totals, seenMs);
    if (!this.isAssisting || share === 0) return held;
    if (!wasAssisting) {
      this.lteBytes = share * this.allBytes;
      this.credit = 0;
    }
    if (!settings.canPace) return this.switched(share, totals, isPause);
    const wanted = (share / (1 - share)) * this.rest.bytesPerSecond;
    const plan = this.paced(reading.nowMs, share, wanted, totals);
    if (!isPause || plan.bytesPerSecond === null) return plan;
    return { ...plan, bytesPerSecond: Math.max(minBytesPerSecond, pauseRate * wanted), isPause };
  }

  private followDemand(
    settings: SteeringSettings,
    { unsentBytes, otherWifiBytesPerSecond }: SteeringReading,
    totals: AccessTotals,
    seenMs: number,
  ): void {
    const isHungry = unsentBytes + totals.restNotSentBytes >= hungryBytes;
    const hungryMs = this.hungry.holds(isHungry, seenMs);
    const fedMs = this.fed.holds(!isHungry, seenMs);
    const wifi = totals.restBytesPerSecond + otherWifiBytesPerSecond;
    const enough = settings.wifiSufficientMbps === null ? null : settings.wifiSufficientMbps * 125_000;
    const sufficientMs = this.sufficient.holds(enough !== null && wifi >= 1.05 * enough, seenMs);
    if (this.isAssisting) this.isAssisting = fedMs < fedForMs && sufficientMs < sufficientForMs;
    else this.isAssisting = enough === null ? hungryMs >= hungryForMs : hungryMs >= wifiRampMs && wifi < 0.95 * enough;
  }

  private paced(nowMs: number, share: number, wanted: number, totals: AccessTotals): LtePlan {
    const plannedForMs = nowMs - this.plannedMs;
    if (plannedForMs >= planEveryMs) {
      this.plannedMs = nowMs;
      if (Number.isFinite(plannedForMs)) this.learnTrim(totals.lteBytesPerSecond, plannedForMs);
      const missing = share * this.allBytes - this.lteBytes;
      const corrected = wanted + (missing * 1000) / repayMs;
      this.rate = this.trim * Math.min(1.5 * wanted, Math.max(0.3 * wanted, corrected));
    }
    this.isTooLittle = this.rate < (this.isTooLittle ? usefulBytesPerSecond : minBytesPerSecond);
    return this.isTooLittle ? held : { isHeld: false, bytesPerSecond: this.rate, cause: "wifi-is-short" };
  }

  /** Slowly, and only from a path that goes about as fast as it may: one that cannot would teach nonsense. */
  private learnTrim(deliveredBytesPerSecond: number, overMs: number): void {
    const asked = this.rate / this.trim;
    const ratio = deliveredBytesPerSecond / Math.max(asked, 1);
    if (ratio < 0.85 || ratio > 1.15) return;
    this.trim = Math.min(1.2, Math.max(0.85, this.trim + (1 - ratio) * Math.min(0.3, overMs / 2000)));
  }

  /**
   * Bursts are larger than what a moment allows, so nothing may be forgotten: each is paid off before the next. What is
   * queued on LTE counts as delivered: it will be, and switching does not call it back. While WiFi pauses LTE gets nothing:
   * it would be most of what the session may send ahead, and WiFi would wait for it afterwards.
   */
  private switched(share: number, totals: AccessTotals, isPause: boolean): LtePlan {
    const { lteNewBytes, restNewBytes, restBytesPerSecond, lteCommittedBytes } = totals;
    const earned = this.credit + share * (lteNewBytes + restNewBytes) - lteNewBytes;
    const second = (share / (1 - share)) * restBytesPerSecond;
    this.credit = Math.min(maxCreditS * second, Math.max(-maxDebtS * second, earned));
    const isHeld = isPause || lteCommittedBytes >= this.credit;
    return { isHeld, bytesPerSecond: null, cause: isHeld ? "share-used" : "share-free" };
  }
}
