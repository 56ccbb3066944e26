import { spawn } from "node:child_process";
import { once } from "node:events";

/** The first packet of a connection or subflow that left an interface. */
export type SeenSyn = {
  interfaceName: string;
  source: string;
  destination: string;
  port: number;
  /** MP_CAPABLE opens an MPTCP connection, MP_JOIN adds a subflow (RFC 8684 §3.1, §3.2). */
  mptcp: "capable" | "join" | null;
};

export type WireCapture = { syns: SeenSyn[]; stop(): Promise<void> };

const synOnly = "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn";
const linePattern = /IP ([0-9.]+)\.\d+ > ([0-9.]+)\.(\d+): Flags \[S\]/;
/** The last packets of what was just done reach tcpdump's output within this. */
const settleMs = 300;

function readLine(interfaceName: string, line: string): SeenSyn | null {
  const [, source, destination, port] = linePattern.exec(line) ?? [];
  if (source === undefined || destination === undefined) return null;
  const kind = /mptcp \d+ (capable|join)/.exec(line)?.[1];
  return { interfaceName, source, destination, port: Number(port), mptcp: (kind as "capable" | "join") ?? null };
}

async function captureOne(namespace: string, interfaceName: string, syns: SeenSyn[]): Promise<() => Promise<void>> {
  const args = ["netns", "exec", namespace, "tcpdump", "-nn", "-l", "--immediate-mode", "-i", interfaceName, synOnly];
  const child = spawn("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const syn = readLine(interfaceName, line);
      if (syn !== null) syns.push(syn);
    }
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.once("close", () => reject(new Error(`tcpdump ended on ${interfaceName}: ${said}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
      if (said.includes("listening on")) resolve();
    });
  });
  return async () => {
    child.kill("SIGTERM");
    await ended;
  };
}

/** Record the first packets of connections at these interfaces of a namespace, with tcpdump, from now on. */
export async function captureSyns(namespace: string, interfaceNames: readonly string[]): Promise<WireCapture> {
  const syns: SeenSyn[] = [];
  const stops = await Promise.all(interfaceNames.map((name) => captureOne(namespace, name, syns)));
  return {
    syns,
    stop: async () => {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      for (const stop of stops) await stop();
    },
  };
}
