import { type AccessTotals, type LtePlan, LteSharePlan, type StepTime } from "./lte-share-plan";
import { judgePath } from "./path-health";
import { noBounds, type PathBounds, PathState } from "./path-state";
import { QueueBounds } from "./queue-bounds";
import { RateEstimate } from "./rate-estimate";
import { SendBound } from "./send-bound";
import type { BackupCause, SteeringAction, SteeringReading, SteeringSettings } from "./steering-types";

/** An order that has no effect is given again after this long. */
const orderAgainMs = 500;
/** Smaller changes of a rate are not worth a call. */
const rateStep = 0.02;
const unsentStep = 0.4;
const inFlightStep = 0.1;
/** The other side sends: this many times more, and more than this. */
const passiveFactor = 4;
const passiveBytesPerSecond = 125_000;
/** What may wait on an LTE path that is, or will be, paced: what the rate moves in two round trips. */
const minUnsentBytes = 131_072;
const minUnsentRttMs = 50;
/** A lower rate waits this long for what was given to the path before: it would hold up the whole session. */
const maxDrainMs = 1500;
/** bbr empties a path for 200 ms where its shortest round trip is ten seconds old: started anew before, it does not. */
const freshForMs = 8000;
/** Only a path that goes about as fast as it may has room for a start; one just slowed down would learn the low rate. */
const atPacePart = 0.85;
/** Without pacing, a cap lets through at most what this long gives at once. */
const budgetMs = 200;
/** Readings further apart than this, and than so many of their turns, say nothing about what happened between them. */
const blindMs = 200;
const blindTurns = 2;

const nothing: readonly SteeringAction[] = [];

/**
 * Steers one session from the side that sends: which of its subflows are used for what, and how fast LTE may go.
 * It is told readings, of any spacing from 5 ms to a second, and answers with what to do; it knows no clock and does
 * nothing itself. Steps of 10 ms find stalls as early as the product promises; a share without pacing needs 20 ms.
 *
 * One controller lives as long as its session; both ends may have one, and the one that mostly receives lets the other
 * steer.
 */
export class SteeringController {
  private settings: SteeringSettings;
  private readonly paths = new Map<number, PathState>();
  private readonly share = new LteSharePlan();
  private readonly queueBounds = new QueueBounds();
  private readonly sent = new RateEstimate(500);
  private readonly received = new RateEstimate(500);
  private isPassive = false;
  private hadWifi = false;
  private capBudgetBytes = 0;
  private readonly sendBound = new SendBound();
  private lastMs: number | null = null;

  constructor(settings: SteeringSettings) {
    this.settings = settings;
  }

  /** The class, or what it says, has changed: in force from the next step on. */
  setSettings(settings: SteeringSettings): void {
    if (settings.steering !== this.settings.steering) this.share.reset();
    this.settings = settings;
  }

  /** What to do now; mostly nothing. */
  step(reading: SteeringReading): readonly SteeringAction[] {
    const { nowMs } = reading;
    const sinceMs = this.lastMs === null ? 0 : Math.max(0, nowMs - this.lastMs);
    this.lastMs = nowMs;
    const unusualMs = blindTurns * reading.everyMs;
    this.readPaths(reading, sinceMs, sinceMs > Math.max(blindMs, unusualMs));
    const actions: SteeringAction[] = [];
    const open = this.usablePaths();
    const usable = this.moveOffBadPath(open, reading, actions) ? this.usablePaths() : open;
    const plan = this.planLte(reading, usable, { sinceMs, seenMs: Math.min(sinceMs, unusualMs) });
    this.applyPlan(plan, usable, reading, sinceMs, actions);
    const isSwitched = !this.settings.canPace && this.settings.steering === "lte-share";
    if (isSwitched || this.sendBound.isInForce) this.sendBound.follow(usable);
    return actions.length === 0 ? nothing : actions;
  }

  private usablePaths(): PathState[] {
    const usable: PathState[] = [];
    for (const path of this.paths.values()) if (path.isUsable) usable.push(path);
    return usable;
  }

  private readPaths({ subflows, nowMs }: SteeringReading, sinceMs: number, isBlind: boolean): void {
    let sentBytes = 0;
    let receivedBytes = 0;
    for (const reading of subflows) {
      const path = this.paths.get(reading.id);
      if (path === undefined) {
        this.paths.set(reading.id, new PathState(reading, nowMs));
        continue;
      }
      receivedBytes += Math.max(0, reading.receivedBytes - path.reading.receivedBytes);
      path.read(reading, nowMs, sinceMs, isBlind);
      sentBytes += path.newBytes;
    }
    if (this.paths.size > subflows.length)
      for (const id of this.paths.keys()) if (!subflows.some((one) => one.id === id)) this.paths.delete(id);
    if (sinceMs === 0) return;
    this.sent.add(sentBytes, sinceMs);
    this.received.add(receivedBytes, sinceMs);
    const factor = this.isPassive ? passiveFactor / 2 : passiveFactor;
    this.isPassive =
      this.received.bytesPerSecond > passiveBytesPerSecond &&
      this.received.bytesPerSecond > factor * this.sent.bytesPerSecond;
  }

  /** True where a path was taken off. */
  private moveOffBadPath(usable: readonly PathState[], reading: SteeringReading, actions: SteeringAction[]): boolean {
    if (usable.length < 2) return false;
    for (const path of usable) {
      const cause = judgePath(path, usable, reading);
      if (cause === null) continue;
      path.isDestroyed = true;
      actions.push({ kind: "destroy", subflowId: path.id, cause });
      return true;
    }
    return false;
  }

  private planLte(reading: SteeringReading, usable: readonly PathState[], step: StepTime): LtePlan {
    const limit = reading.lteLimitBytesPerSecond;
    const totals = totalsOf(usable);
    const hasWifi = usable.some(({ access }) => access !== "lte");
    if (hasWifi !== this.hadWifi) this.share.reset();
    this.hadWifi = hasWifi;
    const plan = this.planByMode(reading, totals, hasWifi, step);
    if (limit === null) return plan;
    if (this.settings.canPace)
      return { ...plan, bytesPerSecond: Math.min(plan.bytesPerSecond ?? Number.POSITIVE_INFINITY, limit) };
    const isSpent = this.isCapSpent(limit, totals, step.sinceMs);
    return isSpent && hasWifi && !plan.isHeld ? { ...plan, isHeld: true, cause: "share-used" } : plan;
  }

  private planByMode(reading: SteeringReading, totals: AccessTotals, hasWifi: boolean, step: StepTime): LtePlan {
    const { steering } = this.settings;
    if (steering === "aggregate") return { isHeld: false, bytesPerSecond: null, cause: "both-paths" };
    // Without WiFi, LTE carries all and stays marked: WiFi is preferred from the moment it is back.
    if (steering === "wifi-first" || !hasWifi) return { isHeld: true, bytesPerSecond: null, cause: "wifi-first" };
    if (this.isPassive) return { isHeld: false, bytesPerSecond: null, cause: "both-paths" };
    return this.share.step(this.settings, reading, totals, step);
  }

  private isCapSpent(limit: number, totals: AccessTotals, sinceMs: number): boolean {
    const burst = (limit * budgetMs) / 1000;
    this.capBudgetBytes = Math.min(burst, this.capBudgetBytes + (limit * sinceMs) / 1000 - totals.lteNewBytes);
    return totals.lteCommittedBytes >= this.capBudgetBytes;
  }

  private applyPlan(
    plan: LtePlan,
    usable: readonly PathState[],
    { nowMs, unsentBytes }: SteeringReading,
    sinceMs: number,
    actions: SteeringAction[],
  ): void {
    let ltePaths = 0;
    for (const { access } of usable) if (access === "lte") ltePaths += 1;
    if (this.settings.canPace) this.queueBounds.step(usable, unsentBytes, nowMs, sinceMs);
    for (const path of usable) {
      const isLte = path.access === "lte";
      if (this.settings.canPace) {
        const rate = !isLte || plan.bytesPerSecond === null ? null : plan.bytesPerSecond / ltePaths;
        const bounds = plan.isPause ? path.bounds : this.boundsOf(path, rate, plan);
        this.order(path, rate, bounds, isLte ? plan : null, nowMs, actions);
      }
      this.mark(path, isLte && plan.isHeld, isLte ? plan.cause : "both-paths", nowMs, actions);
    }
  }

  private mark(path: PathState, isBackup: boolean, cause: BackupCause, nowMs: number, actions: SteeringAction[]): void {
    if (path.reading.isBackup === isBackup) return;
    const { backupOrder } = path;
    if (backupOrder?.isBackup === isBackup && nowMs - backupOrder.atMs < orderAgainMs) return;
    path.backupOrder = { isBackup, atMs: nowMs };
    actions.push({ kind: "backup", subflowId: path.id, isBackup, cause });
  }

  /**
   * What may wait on a path and be on its way there: when another one fails, its data comes behind that. LTE that is or
   * will be paced is bounded from the start, since what waits when its rate falls would hold the session up.
   */
  private boundsOf(path: PathState, rate: number | null, plan: LtePlan): PathBounds {
    if (path.access === "lte" && (rate !== null || this.settings.steering === "lte-share")) {
      const roundTripMs = Math.max(minUnsentRttMs, path.reading.srttMs);
      const twoRoundTrips = (2 * (rate ?? path.bestBytesPerSecond) * roundTripMs) / 1000;
      return { unsentBytes: Math.max(minUnsentBytes, Math.round(twoRoundTrips)), inFlightBytes: null };
    }
    // What waits on paced LTE takes long to leave: a bound on WiFi would keep the kernel from giving LTE any more.
    if (this.settings.steering !== "aggregate" || plan.bytesPerSecond !== null) return noBounds;
    return { unsentBytes: this.queueBounds.of(path), inFlightBytes: this.queueBounds.inFlightOf(path) };
  }

  private order(
    path: PathState,
    rate: number | null,
    bounds: PathBounds,
    plan: LtePlan | null,
    nowMs: number,
    actions: SteeringAction[],
  ): void {
    const isHeld = plan?.isHeld === true;
    const isDraining = plan?.isPause !== true && this.mustDrain(path, rate, bounds.unsentBytes, nowMs);
    const wanted = isDraining ? path.pace : rate;
    // Freed while held, it delivers what waits; freed for use, it shall be as fast as it can be at once.
    const isFreed = wanted === null && path.isMisled && (path.pace !== null || !isHeld);
    path.isMisled = wanted !== null || (path.isMisled && isHeld);
    const startBytes = wanted === null && !isHeld ? path.reading.startBytes : null;
    const isRestart = isFreed || startBytes !== null || (wanted !== null && isStale(path, nowMs));
    if (!isRestart && isSameRate(wanted, path.pace) && areSameBounds(bounds, path.bounds)) return;
    if (isFreed) path.freed(nowMs);
    if (isRestart) path.freshMs = nowMs;
    path.pace = wanted;
    path.bounds = bounds;
    actions.push({
      kind: "rate",
      subflowId: path.id,
      bytesPerSecond: wanted === null ? null : Math.round(wanted),
      unsentLimitBytes: bounds.unsentBytes,
      inFlightLimitBytes: bounds.inFlightBytes,
      isRestart,
      startBytes,
    });
  }

  /** Without pacing: what each path's socket may hold from now on, in bytes; null: as before. */
  takeSendBound(): number | null {
    return this.sendBound.take();
  }

  /** What a path delivers while nobody slows it down (bytes a second); null where it says little. */
  freeRate(subflowId: number): number | null {
    const path = this.paths.get(subflowId);
    return path === undefined || path.pace !== null || path.isMisled ? null : path.steadyBytesPerSecond;
  }

  /** What waits on a path when its rate falls leaves at the lower rate, and the other paths stop meanwhile. */
  private mustDrain(path: PathState, rate: number | null, bound: number | null, nowMs: number): boolean {
    const isLower = rate !== null && rate < (path.pace ?? Number.POSITIVE_INFINITY);
    if (!isLower || bound === null || path.reading.notSentBytes <= 2 * bound) {
      path.drainingSinceMs = null;
      return false;
    }
    path.drainingSinceMs ??= nowMs;
    return nowMs - path.drainingSinceMs < maxDrainMs;
  }
}

function isStale({ freshMs, pace, steadyBytesPerSecond }: PathState, nowMs: number): boolean {
  if (nowMs - freshMs < freshForMs || pace === null) return false;
  return steadyBytesPerSecond >= atPacePart * pace && steadyBytesPerSecond * atPacePart <= pace;
}

function isNear(one: number, other: number, part: number): boolean {
  return Math.abs(one - other) < part * other;
}

function isSameRate(rate: number | null, before: number | null): boolean {
  return rate === before || (rate !== null && before !== null && isNear(rate, before, rateStep));
}

function isSameBound(bound: number | null, before: number | null, part: number): boolean {
  return bound === before || (bound !== null && before !== null && isNear(bound, before, part));
}

function areSameBounds(bounds: PathBounds, before: PathBounds): boolean {
  return (
    isSameBound(bounds.unsentBytes, before.unsentBytes, unsentStep) &&
    isSameBound(bounds.inFlightBytes, before.inFlightBytes, inFlightStep)
  );
}

function totalsOf(usable: readonly PathState[]): AccessTotals {
  const totals = {
    lteNewBytes: 0,
    restNewBytes: 0,
    restBytesPerSecond: 0,
    lteBytesPerSecond: 0,
    lteCommittedBytes: 0,
    restNotSentBytes: 0,
    restInFlightBytes: 0,
    restWindowBytes: 0,
  };
  for (const path of usable)
    if (path.access === "lte") {
      totals.lteNewBytes += path.newBytes;
      totals.lteBytesPerSecond += path.steadyBytesPerSecond;
      totals.lteCommittedBytes += path.committedBytes;
    } else {
      totals.restNewBytes += path.newBytes;
      totals.restBytesPerSecond += path.steadyBytesPerSecond;
      totals.restNotSentBytes += path.reading.notSentBytes;
      totals.restInFlightBytes += path.inFlightBytes;
      totals.restWindowBytes += (path.steadyBytesPerSecond * path.reading.srttMs) / 1000;
    }
  return totals;
}
