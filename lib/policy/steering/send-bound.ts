import type { PathState } from "./path-state";

/**
 * So many round trips of the path that needs most. The connection's own buffer has the same bound: it holds what the faster
 * path delivers while a burst on the slower one arrives.
 */
const roundTrips = 5;
const leastBytes = 1_310_720;
/** Smaller changes are not worth a call. */
const step = 0.25;

/**
 * What the socket of each path may hold where LTE is not paced but switched: in the moment in which it is let on the kernel
 * gives it as much as makes its queue as long as WiFi's, which is megabytes where nothing bounds WiFi's.
 *
 * Source: net/mptcp/protocol.c, mptcp_subflow_get_send.
 */
export class SendBound {
  private bytes: number | null = null;
  private isTold = true;

  follow(paths: readonly PathState[]): void {
    const needs = paths.map(({ bestBytesPerSecond, reading }) => (bestBytesPerSecond * reading.srttMs) / 1000);
    const wanted = Math.round(Math.max(leastBytes, roundTrips * Math.max(0, ...needs)));
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
}
