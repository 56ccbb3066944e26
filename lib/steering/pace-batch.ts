import type { SubflowPacer } from "@/lib/mptcp/face";
import type { KnownPath } from "./known-path";
import type { PathOrder } from "./steered-session";

/** A call looks at every connection of the kernel: on average, it may take this part of one core. */
const costPart = 1 / 40;
/** Calls may be closer together than that for about this long. */
const burstMs = 500;
const shortestMs = 100;
const urgentShortestMs = 20;
/** A rate that falls by more than this part, or rises to so many times as much, does not wait. */
const urgentFall = 0.25;
const urgentRise = 2;

function isUrgent(before: number | null, now: number | null, isRestart: boolean): boolean {
  if (now === null) return before !== null || isRestart;
  return before === null || now < (1 - urgentFall) * before || now >= urgentRise * before;
}

/** Rates that wait for the next call of the pacer, the latest of each path. */
export class PaceBatch {
  private readonly waiting = new Map<KnownPath, PathOrder>();
  private isUrgent = false;
  private endedMs = Number.NEGATIVE_INFINITY;
  /** From then on, the calls so far have cost no more than they may. */
  private paidMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly pacer: Pick<SubflowPacer, "setRates">) {}

  add(order: PathOrder): void {
    const { path, action } = order;
    if (action.kind !== "rate") return;
    const earlier = this.waiting.get(path)?.action;
    const restart = action.isRestart || earlier?.kind !== "rate" ? action : earlier;
    const { isRestart, startBytes } = restart;
    this.waiting.set(path, { ...order, action: { ...action, isRestart, startBytes } });
    const before = path.bytesPerSecond;
    const now = action.bytesPerSecond;
    if (isUrgent(before, now, isRestart)) this.isUrgent = true;
  }

  isWaiting(path: KnownPath): boolean {
    return this.waiting.has(path);
  }

  /** When what waits may go; null where nothing does. */
  dueMs(): number | null {
    if (this.waiting.size === 0) return null;
    return Math.max(this.endedMs + (this.isUrgent ? urgentShortestMs : shortestMs), this.paidMs);
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
          const { bytesPerSecond, unsentLimitBytes, inFlightLimitBytes, isRestart, startBytes } = action;
          return [{ subflow, bytesPerSecond, unsentLimitBytes, inFlightLimitBytes, isRestart, startBytes }];
        }),
      );
      for (const order of orders) order.session.done(order);
    } finally {
      this.endedMs = performance.now();
      this.paidMs = Math.max(this.paidMs, began - burstMs) + (this.endedMs - began) / costPart;
    }
  }
}
