/** The shortest round trip is looked for over this span and the one before it, as congestion control does (bbr: 10 s). */
const spanMs = 10_000;
/** The first seconds of a path say little about what it can do. */
const learnMs = 1500;
/** What may stand in the network's queue. */
const leastQueueMs = 10;
const queuePart = 0.25;
/** Slower than this part of its best although bytes wait, for so long: perhaps the bound's doing, so it is lifted. */
const harmedPart = 0.7;
const harmedForMs = 500;
const liftedForMs = 3000;

type Waiting = { readonly srttMs: number; readonly notSentBytes: number };

/**
 * How much may be on its way on one path: what it delivers in its shortest round trip, and little more. Congestion control
 * keeps up to two such amounts on the way (bbr) or fills the network's queue (cubic), and whatever moves to this path when
 * another one fails comes behind that. The path's shortest round trip is forgotten after 10 to 20 s, and at once where
 * the bound seems to hold the path back.
 *
 * Source: Cardwell et al., BBR: Congestion-Based Congestion Control, ACM Queue 14(5), 2016 (bandwidth-delay product).
 */
export class InFlightBound {
  private firstMs: number;
  private spanStartMs: number;
  private spanRttMs = Number.POSITIVE_INFINITY;
  private beforeRttMs = Number.POSITIVE_INFINITY;
  private bestBytesPerSecond = 0;
  private harmedSinceMs: number | null = null;
  private liftedUntilMs = Number.NEGATIVE_INFINITY;
  private nowMs: number;

  constructor(nowMs: number) {
    this.firstMs = nowMs;
    this.spanStartMs = nowMs;
    this.nowMs = nowMs;
  }

  /** @param rates bytes a second that the path delivers now, and at its best */
  follow(
    { srttMs, notSentBytes }: Waiting,
    steadyBytesPerSecond: number,
    bestBytesPerSecond: number,
    nowMs: number,
  ): void {
    this.nowMs = nowMs;
    this.bestBytesPerSecond = bestBytesPerSecond;
    if (nowMs - this.spanStartMs >= spanMs) {
      this.spanStartMs = nowMs;
      this.beforeRttMs = this.spanRttMs;
      this.spanRttMs = Number.POSITIVE_INFINITY;
    }
    if (srttMs > 0) this.spanRttMs = Math.min(this.spanRttMs, srttMs);
    const isHarmed = notSentBytes > 0 && steadyBytesPerSecond < harmedPart * bestBytesPerSecond;
    if (!isHarmed || nowMs < this.liftedUntilMs) this.harmedSinceMs = null;
    else this.harmedSinceMs ??= nowMs;
    if (this.harmedSinceMs === null || nowMs - this.harmedSinceMs < harmedForMs) return;
    this.liftedUntilMs = nowMs + liftedForMs;
    this.spanStartMs = nowMs;
    this.spanRttMs = srttMs;
    this.beforeRttMs = srttMs;
  }

  /** What it delivered so far was somebody's limit, and says nothing. */
  restart(nowMs: number): void {
    this.firstMs = nowMs;
    this.harmedSinceMs = null;
  }

  /** For how long what may be on its way keeps the path busy; null: no bound. */
  get windowMs(): number | null {
    const roundTripMs = Math.min(this.spanRttMs, this.beforeRttMs);
    const isKnown = this.nowMs - this.firstMs >= learnMs && this.bestBytesPerSecond > 0;
    if (!isKnown || this.nowMs < this.liftedUntilMs || !Number.isFinite(roundTripMs)) return null;
    return roundTripMs + Math.max(leastQueueMs, queuePart * roundTripMs);
  }

  /** Bytes; null: no bound. */
  get bytes(): number | null {
    const { windowMs } = this;
    return windowMs === null ? null : Math.round((this.bestBytesPerSecond * windowMs) / 1000);
  }
}
