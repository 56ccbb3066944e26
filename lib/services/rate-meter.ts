import type { Access } from "@/lib/contracts/access";
import type { LiveRate } from "@/lib/contracts/live";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { bitsPerSecond } from "@/lib/shared/units";
import { accesses, type Totals, totalsDelta, zeroTotals } from "./usage-delta";

type Rates = Pick<LiveRate, "downloadBps" | "uploadBps">;

type NodeMeter = {
  epoch: string;
  sequence: number;
  atMs: number;
  totals: Totals;
  /** Moved since the last `take`, and in how long by the node's own clock. */
  pending: Totals;
  pendingMs: number;
  rates: Rates;
  sessions: number;
  mptcpSessions: number;
  isFresh: boolean;
};

const noBits = (): Record<Access, number> => ({ lte: 0, wifi: 0, other: 0 });

function sumTotals(left: Totals, right: Totals): Totals {
  const sum = (access: Access) => ({
    uploadBytes: left[access].uploadBytes + right[access].uploadBytes,
    downloadBytes: left[access].downloadBytes + right[access].downloadBytes,
  });
  return { lte: sum("lte"), wifi: sum("wifi"), other: sum("other") };
}

function settle(meter: NodeMeter): void {
  meter.isFresh = false;
  if (meter.pendingMs <= 0) return;
  for (const access of accesses) {
    meter.rates.downloadBps[access] = bitsPerSecond(meter.pending[access].downloadBytes, meter.pendingMs);
    meter.rates.uploadBps[access] = bitsPerSecond(meter.pending[access].uploadBytes, meter.pendingMs);
  }
  meter.pending = zeroTotals;
  meter.pendingMs = 0;
}

/**
 * Bit rates over all nodes, made of the growth of their byte totals. A rate covers all that moved since the one before
 * it, so that the area under the curve is the bytes, however many reports fall between two rates.
 */
export class RateMeter {
  private readonly nodes = new Map<string, NodeMeter>();

  /** The first report of an epoch has nothing to compare with and gives no rate. */
  add(nodeId: string, batch: TelemetryBatch): void {
    const atMs = Date.parse(batch.at);
    const before = this.nodes.get(nodeId);
    const { sessions, mptcpSessions } = batch.node;
    const { epoch, sequence, totals } = batch;
    const news = { epoch, sequence, totals, sessions, mptcpSessions, isFresh: true, atMs };
    if (before?.epoch !== epoch) {
      const rates = { downloadBps: noBits(), uploadBps: noBits() };
      this.nodes.set(nodeId, { ...news, pending: zeroTotals, pendingMs: 0, rates });
      return;
    }
    if (sequence <= before.sequence) return;
    before.pending = sumTotals(before.pending, totalsDelta(before.totals, totals));
    before.pendingMs += Math.max(0, atMs - before.atMs);
    Object.assign(before, news);
  }

  /** The node fell silent: it contributes nothing until it is heard again. */
  remove(nodeId: string): void {
    this.nodes.delete(nodeId);
  }

  /** Whether there is any news since the last `take`. */
  hasNews(): boolean {
    return [...this.nodes.values()].some(({ isFresh }) => isFresh);
  }

  /** Whether every node has news since the last `take`. */
  isComplete(): boolean {
    return this.nodes.size > 0 && [...this.nodes.values()].every(({ isFresh }) => isFresh);
  }

  /** The rates now; a node without news keeps the rate it had. */
  take(now: Date): LiveRate {
    const rate: LiveRate = {
      at: now.toISOString(),
      downloadBps: noBits(),
      uploadBps: noBits(),
      sessions: 0,
      mptcpSessions: 0,
    };
    for (const meter of this.nodes.values()) {
      settle(meter);
      rate.sessions += meter.sessions;
      rate.mptcpSessions += meter.mptcpSessions;
      for (const access of accesses) {
        rate.downloadBps[access] += meter.rates.downloadBps[access];
        rate.uploadBps[access] += meter.rates.uploadBps[access];
      }
    }
    return rate;
  }
}
