import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { sleep } from "@/lib/shared/sleep";
import type { SteeringNet } from "./steering-net";

const port = 9000;
export const binMs = 10;
/** What a stream has still under way when its sender stops, at 1 Mbit/s and worse. */
const drainMs = 20_000;

const flowResultSchema = z.object({
  id: z.int(),
  /** Wall clock; the other moments are counted from it. -1: never. */
  startedMs: z.number(),
  connectMs: z.number(),
  firstByteMs: z.number(),
  endMs: z.number(),
  bytes: z.number(),
  /** Bytes the receiving program got in each 10 ms since it began. */
  bins: z.array(z.number()),
});

export type FlowResult = z.infer<typeof flowResultSchema>;
export type Direction = "download" | "upload";
/** Through the agent, or straight to the content provider from one of the UE's addresses by TCP, or by MPTCP. */
export type Way = "agent" | "lte" | "wifi" | "mptcp";
export type FlowOptions = {
  direction: Direction;
  way: Way;
  seconds: number;
  /** Of the sending application, for each stream; absent: as fast as it goes. */
  mbps?: number;
  count?: number;
};
export type RunningFlow = { finished: Promise<FlowResult[]>; kill: () => void };

/** `tests/measure/native/flow.c` on the UE and at the content provider. */
export class FlowProgram {
  private serverResults: FlowResult[] = [];
  private nextId = 0;

  private constructor(
    private readonly net: SteeringNet,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {
    this.readResults(server, (result) => this.serverResults.push(result));
  }

  static async start(net: SteeringNet): Promise<FlowProgram> {
    const folder = mkdtempSync(join(tmpdir(), "twinpath-flow-"));
    const program = join(folder, "flow");
    const sources = ["flow", "flow_stream"].map((name) => `tests/measure/native/${name}.c`);
    execFileSync("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program, ...sources], { stdio: "inherit" });
    const server = net.spawn("content", program, ["serve", String(port)]);
    if (server.stderr !== null) await once(server.stderr, "data");
    return new FlowProgram(net, folder, server);
  }

  /** Begin streams; `finished` has what each receiving program got, as soon as all have their end. */
  begin({ direction, way, seconds, mbps = 0, count = 1 }: FlowOptions): RunningFlow {
    const { contentAddress, ueAddress } = this.net;
    const verb = direction === "download" ? "--get" : "--put";
    const via = {
      agent: ["--proxy", "127.0.0.1:1080"],
      lte: ["--from", ueAddress.lte],
      wifi: ["--from", ueAddress.wifi],
      mptcp: ["--mptcp"],
    }[way];
    const pace = ["--seconds", String(seconds), "--rate", String((mbps * 1e6) / 8), "--count", String(count)];
    const firstId = this.nextId;
    this.nextId += count;
    const args = ["call", verb, "--id", String(firstId), ...pace, ...via, contentAddress, String(port)];
    const caller = this.net.spawn("ue", join(this.folder, "flow"), args);
    const got: FlowResult[] = [];
    let errorText = "";
    this.readResults(caller, (result) => got.push(result));
    caller.stderr?.on("data", (chunk) => (errorText += chunk));
    const waitMs = seconds * 1000 + drainMs;
    const deadline = setTimeout(() => {
      errorText += `(ended after ${waitMs} ms)`;
      caller.kill("SIGKILL");
    }, waitMs);
    const ended = once(caller, "close").finally(() => clearTimeout(deadline));
    const collect = async (): Promise<FlowResult[]> => {
      await ended;
      const results = direction === "upload" ? await this.takeServed(firstId, count) : got;
      if (results.length < count)
        throw new Error(`${direction} by ${way}: ${results.length} of ${count} streams came to their end ${errorText}`);
      return results;
    };
    const finished = collect();
    finished.catch(() => {});
    return { finished, kill: () => caller.kill("SIGKILL") };
  }

  /** One stream to its end. */
  async run(options: FlowOptions): Promise<FlowResult> {
    const [result] = await this.begin({ ...options, count: 1 }).finished;
    if (result === undefined) throw new Error("no result");
    return result;
  }

  async stop(): Promise<void> {
    this.server.kill("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  private readResults(child: ChildProcess, take: (result: FlowResult) => void): void {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => take(flowResultSchema.parse(JSON.parse(line))));
  }

  /** The server's results of these streams, as many as there are within 5 s. */
  private async takeServed(firstId: number, count: number): Promise<FlowResult[]> {
    const isOurs = ({ id }: FlowResult): boolean => id >= firstId && id < firstId + count;
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(20))
      if (this.serverResults.filter(isOurs).length >= count) break;
    const ours = this.serverResults.filter(isOurs);
    this.serverResults = this.serverResults.filter((result) => !isOurs(result));
    return ours;
  }
}
