import type { Access } from "@/lib/contracts/access";
import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionSample, SubflowSample } from "@/lib/mptcp/face";

/** Where a connection of this device went, and how it came to the agent. */
export type Destination = {
  host: string;
  port: number;
  way: "proxy" | "direct";
  front: "socks4" | "socks5" | "http-connect" | "http-forward" | "convert" | "captured";
};
export type DestinationTraffic = Destination & {
  uploadBytes: number;
  downloadBytes: number;
  connections: number;
  openConnections: number;
  /** Milliseconds since 1970. */
  lastAt: number;
};
export type LinkTraffic = {
  access: Access;
  uploadBytes: number;
  downloadBytes: number;
  uploadBytesPerSecond: number;
  downloadBytesPerSecond: number;
  subflows: number;
};

type Counters = { uploadBytes: number; downloadBytes: number };
type Open = { destination: DestinationTraffic; seen: Counters; subflows: Map<string, Counters> };

const maxDestinations = 200;
const tcpEstablished = 1;

/**
 * What this device sent and received over each link and to each destination, from the counters of its connections.
 * A link's bytes are those of the subflows from its addresses, up to the last sample of each.
 */
export class Traffic {
  private readonly open = new Map<number, Open>();
  private readonly recent = new Map<string, DestinationTraffic>();
  private readonly totals: readonly LinkTraffic[];
  private before: { at: number; totals: Counters[] } | null = null;

  /** When white-listed traffic was last seen, by `performance.now()`; null before the first. */
  lastProxyMs: number | null = null;

  /** @param linkIndexOf which of the links an address belongs to, or did; null for others */
  constructor(
    links: readonly { access: Access }[],
    private readonly linkIndexOf: (address: string) => number | null,
  ) {
    const none = { uploadBytes: 0, downloadBytes: 0, uploadBytesPerSecond: 0, downloadBytesPerSecond: 0, subflows: 0 };
    this.totals = links.map(({ access }) => ({ access, ...none }));
  }

  /** A connection's destination was decided; once more where it was decided anew. */
  begin(connection: Pick<Connection, "id" | "closed">, destination: Destination): void {
    const known = this.open.get(connection.id);
    const entry = this.beginAt(destination);
    if (known !== undefined) {
      known.destination.openConnections -= 1;
      known.destination.connections -= 1;
      known.destination = entry;
      return;
    }
    this.open.set(connection.id, {
      destination: entry,
      seen: { uploadBytes: 0, downloadBytes: 0 },
      subflows: new Map(),
    });
    void connection.closed.then(({ last }) => {
      this.fold(last);
      const ended = this.open.get(connection.id);
      if (ended !== undefined) ended.destination.openConnections -= 1;
      this.open.delete(connection.id);
    });
  }

  /** The connection goes on with another request, which counts for itself. */
  turn(connection: Pick<Connection, "id">, destination: Destination): void {
    const known = this.open.get(connection.id);
    if (known === undefined) return;
    known.destination.openConnections -= 1;
    known.destination = this.beginAt(destination);
  }

  /** Take the counters of some connections between two rounds. */
  take(samples: readonly ConnectionSample[]): void {
    for (const sample of samples) this.fold(sample);
  }

  /** Take a round of samples. `nowMs` is any clock that only goes forward. */
  sample(samples: readonly ConnectionSample[], nowMs: number): void {
    for (const link of this.totals) link.subflows = 0;
    for (const sample of samples) {
      this.fold(sample);
      for (const subflow of sample.upstream?.subflows ?? [])
        if (subflow.tcpState === tcpEstablished) {
          const link = this.linkOf(subflow);
          if (link !== null) link.subflows += 1;
        }
    }
    const { before } = this;
    const seconds = before === null ? 0 : (nowMs - before.at) / 1000;
    for (const [index, link] of this.totals.entries()) {
      const past = before?.totals[index];
      if (past === undefined || seconds <= 0) continue;
      link.uploadBytesPerSecond = (link.uploadBytes - past.uploadBytes) / seconds;
      link.downloadBytesPerSecond = (link.downloadBytes - past.downloadBytes) / seconds;
    }
    const totals = this.totals.map(({ uploadBytes, downloadBytes }) => ({ uploadBytes, downloadBytes }));
    this.before = { at: nowMs, totals };
  }

  links(): readonly LinkTraffic[] {
    return this.totals;
  }

  /** The last destinations, the latest first. */
  destinations(): DestinationTraffic[] {
    return [...this.recent.values()].sort((one, other) => other.lastAt - one.lastAt);
  }

  private beginAt(destination: Destination): DestinationTraffic {
    const entry = this.destinationEntry(destination);
    entry.connections += 1;
    entry.openConnections += 1;
    entry.lastAt = Date.now();
    if (destination.way === "proxy") this.lastProxyMs = performance.now();
    return entry;
  }

  private destinationEntry(destination: Destination): DestinationTraffic {
    const { host, port, way, front } = destination;
    const key = `${host} ${port} ${way} ${front}`;
    const known = this.recent.get(key);
    const entry = known ?? {
      ...destination,
      uploadBytes: 0,
      downloadBytes: 0,
      connections: 0,
      openConnections: 0,
      lastAt: 0,
    };
    this.recent.delete(key);
    this.recent.set(key, entry);
    const [oldest] = this.recent.keys();
    if (this.recent.size > maxDestinations && oldest !== undefined) this.recent.delete(oldest);
    return entry;
  }

  private fold(sample: ConnectionSample): void {
    const open = this.open.get(sample.connection);
    if (open === undefined) return;
    const { destination, seen } = open;
    const upload = Math.max(0, sample.uploadBytes - seen.uploadBytes);
    const download = Math.max(0, sample.downloadBytes - seen.downloadBytes);
    if (upload + download > 0) {
      destination.lastAt = Date.now();
      if (destination.way === "proxy") this.lastProxyMs = performance.now();
    }
    destination.uploadBytes += upload;
    destination.downloadBytes += download;
    open.seen = { uploadBytes: sample.uploadBytes, downloadBytes: sample.downloadBytes };
    for (const subflow of sample.upstream?.subflows ?? []) this.foldSubflow(open, subflow);
  }

  private foldSubflow(open: Open, subflow: SubflowSample): void {
    const link = this.linkOf(subflow);
    if (link === null) return;
    const key = `${subflow.id} ${subflow.local.address} ${subflow.local.port}`;
    const seen = open.subflows.get(key) ?? { uploadBytes: 0, downloadBytes: 0 };
    const uploadBytes = Math.max(seen.uploadBytes, subflow.bytesSent - subflow.bytesRetrans);
    const downloadBytes = Math.max(seen.downloadBytes, subflow.bytesReceived);
    link.uploadBytes += uploadBytes - seen.uploadBytes;
    link.downloadBytes += downloadBytes - seen.downloadBytes;
    open.subflows.set(key, { uploadBytes, downloadBytes });
  }

  private linkOf(subflow: SubflowSample): LinkTraffic | null {
    const index = this.linkIndexOf(subflow.local.address);
    return index === null ? null : (this.totals[index] ?? null);
  }
}
