import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionId, PathsReading } from "@/lib/mptcp/face";

export type PathProgressOptions = {
  samplePaths: (connections: readonly ConnectionId[]) => Promise<PathsReading[]>;
  /** Bytes came, or were acknowledged, over this address. */
  onCarried: (address: string) => void;
  /** It carried bytes steadily, and has stopped while another address goes on. */
  onQuiet: (address: string) => void;
};

type Use = { busyTicks: number; quietTicks: number };

const tickMs = 100;
/** The latest connections: enough to know about paths. */
const maxConnections = 32;
const busyAfterTicks = 3;
const quietAfterTicks = 2;
/** Acknowledgements of little things say nothing. */
const leastBytes = 10_000;

/** Sees from the bytes of running connections which paths work, sooner and cheaper than by asking. */
export class PathProgress {
  private readonly connections = new Set<ConnectionId>();
  /** Those that began before, perhaps more than once. */
  private readonly known = new WeakSet<object>();
  private seen = new Map<string, number>();
  private readonly uses = new Map<string, Use>();
  private isAsking = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: PathProgressOptions) {
    this.timer = setInterval(() => void this.look(), tickMs);
  }

  get hasConnections(): boolean {
    return this.connections.size > 0;
  }

  begin(connection: Pick<Connection, "id" | "closed">): void {
    this.connections.add(connection.id);
    if (this.known.has(connection)) return;
    this.known.add(connection);
    void connection.closed.then(() => this.end(connection));
  }

  end({ id }: Pick<Connection, "id">): void {
    this.connections.delete(id);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.isAsking || this.connections.size === 0) return;
    this.isAsking = true;
    try {
      this.take(await this.options.samplePaths([...this.connections].slice(-maxConnections)));
    } finally {
      this.isAsking = false;
    }
  }

  private take(readings: readonly PathsReading[]): void {
    const before = this.seen;
    this.seen = new Map();
    const newBytes = new Map<string, number>();
    for (const { connection, paths } of readings)
      for (const path of paths) {
        const key = `${connection} ${path.id}`;
        const { address } = path.ends().local;
        const bytes = path.ackedBytes + path.receivedBytes;
        this.seen.set(key, bytes);
        newBytes.set(address, (newBytes.get(address) ?? 0) + Math.max(0, bytes - (before.get(key) ?? bytes)));
      }
    const busy = [...newBytes].filter(([, bytes]) => bytes >= leastBytes).map(([address]) => address);
    for (const address of busy) this.options.onCarried(address);
    for (const address of new Set([...newBytes.keys(), ...this.uses.keys()])) this.count(address, busy);
  }

  private count(address: string, busy: readonly string[]): void {
    const use = this.uses.get(address) ?? { busyTicks: 0, quietTicks: 0 };
    this.uses.set(address, use);
    if (busy.includes(address)) {
      use.busyTicks += 1;
      use.quietTicks = 0;
      return;
    }
    use.quietTicks += 1;
    if (use.quietTicks < quietAfterTicks) return;
    if (use.busyTicks >= busyAfterTicks && busy.length > 0) this.options.onQuiet(address);
    use.busyTicks = 0;
  }
}
