import type { SubflowPacer } from "@/lib/mptcp/face";
import type { KnownPath } from "./known-path";
import type { PathOrder } from "./steered-session";

/** A call looks at every connection of the kernel, so calls are apart by this, and by this many times their length. */
const shortestMs = 100;
const restFactor = 30;
const urgentShortestMs = 20;
const urgentRestFactor = 8;
/** A rate that falls by more than this part does not wait. */
const urgentFall = 0.25;

/** Rates that wait for the next call of the pacer, the latest of each path. */
export class PaceBatch {
  private readonly waiting = new Map<KnownPath, PathOrder>();
  private isUrgent = false;
  private endedMs = Number.NEGATIVE_INFINITY;
  private tookMs = 0;

  constructor(private readonly pacer: Pick<SubflowPacer, "setRates">) {}

  add(order: PathOrder): void {
    const { path, action } = order;
    if (action.kind !== "rate") return;
    const earlier = this.waiting.get(path)?.action;
    const isRestart =
      action.isRestart || (earlier?.kind === "rate" && earlier.isRestart && action.bytesPerSecond === null);
    this.waiting.set(path, { ...order, action: { ...action, isRestart } });
    const before = path.bytesPerSecond;
    const now = action.bytesPerSecond;
    if (isRestart || (now === null ? before !== null : before === null || now < (1 - urgentFall) * before))
      this.isUrgent = true;
  }

  isWaiting(path: KnownPath): boolean {
    return this.waiting.has(path);
  }

  /** When what waits may go; null where nothing does. */
  dueMs(): number | null {
    if (this.waiting.size === 0) return null;
    const restMs = this.isUrgent
      ? Math.max(urgentShortestMs, urgentRestFactor * this.tookMs)
      : Math.max(shortestMs, restFactor * this.tookMs);
    return this.endedMs + restMs;
  }

  /** One call for all that waits, where it is due. Errors: NativeError of bpf; what waited is given up then. */
  flush(nowMs: number): void {
    const dueMs = this.dueMs();
    if (dueMs === null || nowMs < dueMs) return;
    const orders = [...this.waiting.values()];
    this.waiting.clear();
    this.isUrgent = false;
    const began = performance.now();
    try {
      this.pacer.setRates(
        orders.flatMap(({ path: { subflow }, action }) => {
          if (action.kind !== "rate") return [];
          const { bytesPerSecond, unsentLimitBytes, inFlightLimitBytes, isRestart } = action;
          return [{ subflow, bytesPerSecond, unsentLimitBytes, inFlightLimitBytes, isRestart }];
        }),
      );
      for (const order of orders) order.session.done(order);
    } finally {
      this.endedMs = performance.now();
      this.tookMs = this.endedMs - began;
    }
  }
}
