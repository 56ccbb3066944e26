import type { Access } from "@/lib/contracts/access";
import type { LiveRate, LiveRates } from "@/lib/contracts/live";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { bitsPerSecond } from "@/lib/shared/units";
import { accesses, highestTotals, sumTotals, type Totals, totalsDelta, zeroTotals } from "./usage-delta";

type NodeMeter = {
  sequence: number;
  atMs: number;
  totals: Totals;
  /** Moved since the last `take`, and in how long by the node's own clock. */
  pending: Totals;
  pendingMs: number;
  rates: LiveRates;
  sessions: number;
  mptcpSessions: number;
  isFresh: boolean;
};

const noBits = (): Record<Access, number> => ({ lte: 0, wifi: 0, other: 0 });

function addRates(sum: LiveRates, more: LiveRates): void {
  for (const access of accesses) {
    sum.downloadBps[access] += more.downloadBps[access];
    sum.uploadBps[access] += more.uploadBps[access];
  }
}

function keyOf(nodeId: string, epoch: string): string {
  return `${nodeId} ${epoch}`;
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
  /** By node and epoch: a process that retires reports beside its successor. */
  private readonly nodes = new Map<string, NodeMeter>();

  /** The first report of an epoch has nothing to compare with and gives no rate. */
  add(nodeId: string, batch: Pick<TelemetryBatch, "epoch" | "sequence" | "at" | "node" | "totals">): void {
    const atMs = Date.parse(batch.at);
    const key = keyOf(nodeId, batch.epoch);
    const before = this.nodes.get(key);
    const { sessions, mptcpSessions } = batch.node;
    const { sequence } = batch;
    const totals = highestTotals(before?.totals ?? zeroTotals, batch.totals);
    const news = { sequence, totals, sessions, mptcpSessions, isFresh: true, atMs };
    if (before === undefined) {
      const rates = { downloadBps: noBits(), uploadBps: noBits() };
      this.nodes.set(key, { ...news, pending: zeroTotals, pendingMs: 0, rates });
      return;
    }
    if (sequence <= before.sequence) return;
    before.pending = sumTotals(before.pending, totalsDelta(before.totals, totals));
    before.pendingMs += Math.max(0, atMs - before.atMs);
    Object.assign(before, news);
  }

  /** Of this node only these processes are there: others contribute nothing until they are heard again. */
  keep(nodeId: string, epochs: readonly string[]): void {
    const kept = new Set(epochs.map((epoch) => keyOf(nodeId, epoch)));
    for (const key of this.nodes.keys())
      if (key.startsWith(keyOf(nodeId, "")) && !kept.has(key)) this.nodes.delete(key);
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
      addRates(rate, meter.rates);
    }
    return rate;
  }

  /** What one node moved by the last `take`, all its processes; null where none is heard. */
  rateOf(nodeId: string): LiveRates | null {
    const meters = [...this.nodes].filter(([key]) => key.startsWith(keyOf(nodeId, "")));
    if (meters.length === 0) return null;
    const sum: LiveRates = { downloadBps: noBits(), uploadBps: noBits() };
    for (const [, meter] of meters) addRates(sum, meter.rates);
    return sum;
  }
}
