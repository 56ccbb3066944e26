import { getHeapStatistics } from "node:v8";
import { mptcp } from "@/lib/mptcp";
import type { EngineStats } from "@/lib/mptcp/face";

const lookEveryMs = 5000;
/** Relayed since the look before, by a node that is quiet. */
const quietBytes = 1_000_000;
/** A heap that has grown by less than this has little to give back. */
const grownFactor = 1.15;

type Stats = Pick<EngineStats, "accepted" | "uploadBytes" | "downloadBytes">;

/**
 * Gives memory back once many sessions have come and are idle: V8 keeps its heap as large as the burst made it until there
 * is much to collect, which may be hours. Only while the node is quiet, for steering and new sessions wait meanwhile (some
 * 0.1 s); what is relayed does not.
 */
export class IdleMemory {
  private readonly timer: NodeJS.Timeout;
  private before: Stats;
  private heapBytes = 0;

  constructor(
    private readonly stats: () => Stats,
    private readonly release: () => void = () => mptcp.releaseMemory(),
    private readonly heapSize: () => number = () => getHeapStatistics().total_heap_size,
  ) {
    this.before = stats();
    this.timer = setInterval(() => this.look(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const [before, now] = [this.before, this.stats()];
    this.before = now;
    const movedBytes = now.uploadBytes + now.downloadBytes - before.uploadBytes - before.downloadBytes;
    if (now.accepted !== before.accepted || movedBytes > quietBytes) return;
    if (this.heapSize() < this.heapBytes * grownFactor) return;
    this.release();
    this.heapBytes = this.heapSize();
  }
}
