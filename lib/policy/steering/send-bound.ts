import type { PathState } from "./path-state";

/**
 * So many round trips of the path that needs most. The connection's own buffer has the same bound: it holds what the faster
 * path delivers while a burst on the slower one arrives.
 */
const roundTrips = 8;
const leastBytes = 1_310_720;
/** Smaller changes are not worth a call. */
const step = 0.25;

/**
 * What the socket of each path may hold where LTE is not paced but switched: in the moment in which it is let on the kernel
 * gives it as much as makes its queue as long as WiFi's, which is megabytes where nothing bounds WiFi's. Less makes the
 * bursts smaller and the share steadier, and WiFi stop more often.
 *
 * Source: net/mptcp/protocol.c, mptcp_subflow_get_send.
 */
export class SendBound {
  /** By path: its shortest round trip, without the queue that bursts make. */
  private readonly shortestMs = new Map<number, number>();
  private bytes: number | null = null;
  private isTold = true;

  /** A socket that was bounded once is not sized by the kernel again: whatever the class becomes, the bound follows the paths. */
  get isInForce(): boolean {
    return this.bytes !== null;
  }

  follow(paths: readonly PathState[]): void {
    const wanted = Math.round(Math.max(leastBytes, ...paths.map((path) => roundTrips * this.needOf(path))));
    if (paths.length < 2 || (this.bytes !== null && Math.abs(wanted - this.bytes) < step * this.bytes)) return;
    this.bytes = wanted;
    this.isTold = false;
  }

  /** The bound where it has changed; null: as before. */
  take(): number | null {
    if (this.isTold) return null;
    this.isTold = true;
    return this.bytes;
  }

  /** What the path delivers in its shortest round trip. */
  private needOf({ id, bestBytesPerSecond, reading: { srttMs } }: PathState): number {
    const shortestMs = Math.min(this.shortestMs.get(id) ?? Number.POSITIVE_INFINITY, srttMs);
    if (srttMs > 0) this.shortestMs.set(id, shortestMs);
    return (bestBytesPerSecond * Math.min(shortestMs, srttMs)) / 1000;
  }
}
