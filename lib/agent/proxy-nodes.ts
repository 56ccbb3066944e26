import { isIP } from "node:net";
import type { AgentNode } from "@/lib/contracts/policy";
import type { SocketAddress } from "@/lib/mptcp/face";
import type { Log } from "@/lib/shared/log";
import { socketAddressText } from "@/lib/shared/socket-address";

export type ProxyNodesOptions = {
  /** The proxy that counts while the portal names none. Nodes of another address family are left out. */
  fallback: SocketAddress;
  /** Whether a node answers over any of the device's links. */
  probe: (node: SocketAddress) => Promise<boolean>;
  /** Whether white-listed traffic runs, or did a moment ago. */
  isBusy: () => boolean;
  /** New connections go there from now on. */
  onSwitch: (node: SocketAddress) => void;
  log: Log;
};

type Entry = SocketAddress & {
  isDraining: boolean;
  failedAtMs: number | null;
  /** Since when it answers, by probes without a gap; null: it does not, or nobody asked. */
  goodSinceMs: number | null;
  /** How long it has to answer before new connections return to it. */
  returnAfterMs: number;
  returnedAtMs: number;
};

const probeEveryMs = { busy: 1000, idle: 5000 };
const firstReturnMs = 5000;
const lastReturnMs = 300_000;
/** One that fails again within this has to answer twice as long before the next return. */
const relapseMs = 60_000;

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  return one.address === other.address && one.port === other.port;
}

/**
 * Which proxy node new connections go to: the first of the portal's order, and the next ones where that fails. A better
 * one is asked, once a second while traffic runs, and returned to when it has answered for a while (hysteresis), longer
 * each time that it fails soon after. Connections that run stay where they are.
 */
export class ProxyNodes {
  private entries: Entry[];
  private inUse: Entry;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;
  private isLookingElsewhere = false;

  constructor(private readonly options: ProxyNodesOptions) {
    this.inUse = newEntry({ ...options.fallback, isDraining: false });
    this.entries = [this.inUse];
    this.probeLater();
  }

  get current(): SocketAddress {
    const { address, port } = this.inUse;
    return { address, port };
  }

  /** How many there are to try. */
  get count(): number {
    return this.entries.length;
  }

  all(): SocketAddress[] {
    return this.entries.map(({ address, port }) => ({ address, port }));
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** The portal's order of the nodes. An empty one: the proxy of the command line. */
  list(nodes: readonly Pick<AgentNode, "address" | "port" | "isDraining">[]): void {
    const family = isIP(this.options.fallback.address);
    const usable = nodes.filter(({ address }) => isIP(address) === family);
    const wasNamed = !this.isFallback();
    const named = usable.length > 0 ? usable : [{ ...this.options.fallback, isDraining: false }];
    this.entries = named.map(({ address, port, isDraining }) => {
      const known = this.entries.find((entry) => isSame(entry, { address, port }));
      return known === undefined ? newEntry({ address, port, isDraining }) : Object.assign(known, { isDraining });
    });
    const kept = this.entries.find((entry) => entry === this.inUse);
    if (kept === undefined || !wasNamed) this.use(this.best(), "the portal named the nodes");
    else if (kept.isDraining && !this.best().isDraining) this.use(this.best(), "the one in use drains");
  }

  /** It cannot be used now. @returns whether another one is in use from here on */
  failed(node: SocketAddress, reason: string): boolean {
    const entry = this.entries.find((one) => isSame(one, node));
    if (entry !== undefined) {
      const nowMs = performance.now();
      const isRelapse = nowMs - entry.returnedAtMs < relapseMs;
      if (isRelapse && entry.failedAtMs === null) entry.returnAfterMs = Math.min(lastReturnMs, 2 * entry.returnAfterMs);
      entry.failedAtMs = nowMs;
      entry.goodSinceMs = null;
    }
    if (isSame(this.inUse, node)) this.use(this.best(), reason);
    return !isSame(this.inUse, node);
  }

  /** Paths to the one in use fell silent: leave it where another one answers; else it is the links, not the node. */
  async doubt(): Promise<void> {
    if (this.isLookingElsewhere) return;
    this.isLookingElsewhere = true;
    const doubted = this.inUse;
    try {
      for (const other of this.entries.filter((entry) => entry !== doubted && !entry.isDraining)) {
        if (!(await this.options.probe(other)) || this.isStopped || this.inUse !== doubted) continue;
        this.failed(doubted, "no path reaches it, and another node answers");
        return;
      }
    } finally {
      this.isLookingElsewhere = false;
    }
  }

  private isFallback(): boolean {
    return this.entries.length === 1 && this.entries.some((entry) => isSame(entry, this.options.fallback));
  }

  /** The first that serves; else the one that failed longest ago. */
  private best(): Entry {
    const serving = this.entries.filter(({ failedAtMs }) => failedAtMs === null);
    const oldest = [...this.entries].sort((one, other) => (one.failedAtMs ?? 0) - (other.failedAtMs ?? 0));
    return serving.find(({ isDraining }) => !isDraining) ?? serving[0] ?? oldest[0] ?? this.inUse;
  }

  private use(entry: Entry, reason: string): void {
    const before = this.inUse;
    if (entry === before) return;
    this.inUse = entry;
    if (isSame(entry, before)) return;
    const [from, to] = [socketAddressText(before), socketAddressText(entry)];
    this.options.log.info({ from, to, reason }, "another proxy node");
    this.options.onSwitch({ address: entry.address, port: entry.port });
  }

  private probeLater(): void {
    const everyMs = this.options.isBusy() ? probeEveryMs.busy : probeEveryMs.idle;
    this.timer = setTimeout(() => void this.probeBetter(), everyMs * (0.75 + Math.random() / 2));
    this.timer.unref();
  }

  /** Ask those that come before the one in use, and return to the first that has answered for long enough. */
  private async probeBetter(): Promise<void> {
    const better = this.entries.slice(0, Math.max(0, this.entries.indexOf(this.inUse)));
    const asked = better.filter(({ isDraining }) => !isDraining);
    await Promise.all(asked.map((entry) => this.ask(entry)));
    if (this.isStopped) return;
    const nowMs = performance.now();
    const found = asked.find(
      ({ goodSinceMs, returnAfterMs }) => goodSinceMs !== null && nowMs - goodSinceMs >= returnAfterMs,
    );
    if (found !== undefined && this.entries.indexOf(found) < this.entries.indexOf(this.inUse)) {
      Object.assign(found, { failedAtMs: null, goodSinceMs: null, returnedAtMs: nowMs });
      this.use(found, "it answers again");
    }
    this.probeLater();
  }

  private async ask(entry: Entry): Promise<void> {
    const isAnswering = await this.options.probe(entry);
    if (!isAnswering) entry.goodSinceMs = null;
    else entry.goodSinceMs ??= performance.now();
  }
}

function newEntry(node: SocketAddress & { isDraining: boolean }): Entry {
  const { address, port, isDraining } = node;
  const untried = { failedAtMs: null, goodSinceMs: null, returnedAtMs: Number.NEGATIVE_INFINITY };
  return { address, port, isDraining, ...untried, returnAfterMs: firstReturnMs };
}
