import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { AccessLinkId } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import type { Direction } from "./flow-program";
import type { SteeringNet } from "./steering-net";

type LinkCount = { bytes: number; packets: number };
type Sample = { atMs: number; lte: Record<Direction, LinkCount>; wifi: Record<Direction, LinkCount> };

/* Ethernet 14, IPv4 20, TCP 20 with time stamps 12, DSS up to 28: of each packet as the interface sees it. */
const headerBytes = 94;

/** Payload of both links at the UE's interfaces, read from the kernel at a steady pace: nobody's own figures. */
export class PathCounters {
  private readonly samples: Sample[] = [];
  private isStopped = false;
  private readonly ended: Promise<void>;

  private constructor(
    private readonly holder: ChildProcess,
    private readonly everyMs: number,
  ) {
    this.ended = this.follow();
  }

  static async start(net: SteeringNet, everyMs = 50): Promise<PathCounters> {
    const holder = net.spawn("ue", "sleep", ["86400"]);
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(10)) {
      const text = await readFile(`/proc/${holder.pid}/net/dev`, "utf8").catch(() => "");
      if (text.includes("wifi0:")) return new PathCounters(holder, everyMs);
    }
    throw new Error("the UE's namespace was not reached");
  }

  /** Payload bytes over a link from one moment to another (wall clock, ms), to the nearest samples. */
  payload(access: AccessLinkId, direction: Direction, fromMs: number, toMs: number): number {
    const [first, last] = [this.near(fromMs), this.near(toMs)].map((sample) => sample[access][direction]);
    if (first === undefined || last === undefined) return Number.NaN;
    return Math.max(0, last.bytes - first.bytes - (last.packets - first.packets) * headerBytes);
  }

  /** Per cent of the payload that went over LTE. */
  lteShare(direction: Direction, fromMs: number, toMs: number): number {
    const lte = this.payload("lte", direction, fromMs, toMs);
    return (100 * lte) / (lte + this.payload("wifi", direction, fromMs, toMs));
  }

  /** LTE's share over every window of this length that begins with a sample. */
  lteShares(direction: Direction, fromMs: number, toMs: number, windowMs: number): number[] {
    return this.samples
      .filter(({ atMs }) => atMs >= fromMs && atMs + windowMs <= toMs)
      .map(({ atMs }) => this.lteShare(direction, atMs, atMs + windowMs));
  }

  /** The first moment after `fromMs` at which this link had carried this much payload since; null: not by now. */
  whenCarried(access: AccessLinkId, direction: Direction, fromMs: number, bytes: number): number | null {
    const found = this.samples.find(
      ({ atMs }) => atMs > fromMs && this.payload(access, direction, fromMs, atMs) >= bytes,
    );
    return found?.atMs ?? null;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ended;
    this.holder.kill("SIGKILL");
  }

  private near(ms: number): Sample {
    let [best] = this.samples;
    for (const sample of this.samples)
      if (best === undefined || Math.abs(sample.atMs - ms) < Math.abs(best.atMs - ms)) best = sample;
    if (best === undefined) throw new Error("nothing was counted yet");
    return best;
  }

  private async follow(): Promise<void> {
    let next = Date.now();
    while (!this.isStopped) {
      this.samples.push(parse(await readFile(`/proc/${this.holder.pid}/net/dev`, "utf8")));
      next = Math.max(next + this.everyMs, Date.now());
      await sleep(next - Date.now());
    }
  }
}

/** proc_net(5), "dev": received bytes and packets are columns 1 and 2 behind the name, sent ones 9 and 10. */
function parse(text: string): Sample {
  const link = (name: string): Record<Direction, LinkCount> => {
    const row = new RegExp(`${name}:(.*)`).exec(text)?.[1] ?? "";
    const columns = row.trim().split(/\s+/).map(Number);
    const count = (at: number): LinkCount => ({ bytes: columns[at] ?? 0, packets: columns[at + 1] ?? 0 });
    return { download: count(0), upload: count(8) };
  };
  return { atMs: Date.now(), lte: link("lte0"), wifi: link("wifi0") };
}
