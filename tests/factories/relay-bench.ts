import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childEnv } from "@/lib/shared/env";
import { newShortId } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { LoadPortal } from "./load-portal";
import { oursQuiet, type Relay, relayOf, serverPort } from "./relay-peers";

const insideFlag = "--inside-namespace";

/**
 * Run this program anew in a network namespace of its own, with many ports for clients, and end with its exit code.
 * Returns in the run that is inside; its arguments are as they were.
 */
export function enterNamespace(): void {
  const flag = process.argv.indexOf(insideFlag);
  if (flag > 0) {
    process.argv.splice(flag, 1);
    return;
  }
  const namespace = `tp-relay-${newShortId()}`;
  const inside = ["netns", "exec", namespace];
  execFileSync("ip", ["netns", "add", namespace]);
  try {
    execFileSync("ip", [...inside, "ip", "link", "set", "lo", "up"]);
    execFileSync("ip", [...inside, "sysctl", "-qw", "net.ipv4.ip_local_port_range=10000 65000"]);
    const command = [...inside, process.execPath, ...process.execArgv, ...process.argv.slice(1), insideFlag];
    process.exitCode = spawnSync("ip", command, { stdio: "inherit" }).status ?? 1;
  } finally {
    execFileSync("ip", ["netns", "del", namespace]);
  }
  process.exit();
}

/** No load takes so long but one whose relay has stopped answering. */
const maxLoadMs = 20_000;

export type RunningRelay = Relay & { pid: number };

/** Relays side by side in this namespace, a server behind them and load generators before them. */
export type RelayBench = {
  relays: RunningRelay[];
  portal: LoadPortal;
  /** Start a load generator. */
  load(args: string[]): ChildProcess;
  /**
   * The line of JSON that a load generator ends with. Errors: Error with what it said instead, also where it had to be
   * ended since the relay did not answer it.
   */
  resultOf(child: ChildProcess): Promise<Record<string, number>>;
  stop(): Promise<void>;
};

function startChild(command: string[], stdio: "ignore" | "pipe"): ChildProcess {
  const [program = "", ...args] = command;
  const env = childEnv({ TWINPATH_NODE_CREDENTIAL: "load.none", TWINPATH_LOG_LEVEL: "error" });
  // With a channel our proxy is the process itself, not one that keeps it.
  return spawn(program, args, { stdio: [stdio, stdio, stdio, "ipc"], env });
}

/** Errors: Error where nobody does within 10 s. */
export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const table = execFileSync("ss", ["-Hltn", `sport = :${port}`], { encoding: "utf8" });
    if (table.trim() !== "") return;
    await sleep(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

async function resultOf(child: ChildProcess): Promise<Record<string, number>> {
  const limit = setTimeout(() => child.kill("SIGKILL"), maxLoadMs);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(limit);
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`${child.spawnargs.join(" ")}: ${output}`);
  return JSON.parse(line);
}

/** The most that a portal can ask for (lib/contracts/telemetry.ts): telemetry is as good as off. */
const quietMs = 60_000;

/**
 * @param generator a C file of tests/measure/native, without its ending
 * @param reportEveryMs the pace at which our proxy tells its telemetry
 */
export async function startRelayBench(
  generator: "relay-load" | "session-load",
  names: string[],
  reportEveryMs = 1000,
): Promise<RelayBench> {
  const folder = mkdtempSync(join(process.cwd(), ".data-test-"));
  const portal = new LoadPortal(reportEveryMs);
  const quietPortal = new LoadPortal(quietMs);
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(endChild));
    portal.stop();
    quietPortal.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const program = join(folder, generator);
    const sources = [generator, "load"].map((name) => `tests/measure/native/${name}.c`);
    execFileSync("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program, ...sources]);
    children.push(startChild([program, "serve", String(serverPort)], "ignore"));
    const loud = { url: await portal.start(), portal };
    const quiet = { url: await quietPortal.start(), portal: quietPortal };
    const relays = names.map((name) => relayOf(name, folder, name === oursQuiet ? quiet : loud));
    const running = relays.map((relay) => {
      const child = startChild(relay.command, "ignore");
      children.push(child);
      return { ...relay, pid: child.pid ?? 0 };
    });
    for (const port of [serverPort, ...running.map((relay) => relay.port)]) await untilListening(port);
    return {
      relays: running,
      portal,
      load: (args) => {
        const child = startChild([program, ...args], "pipe");
        children.push(child);
        return child;
      },
      resultOf,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How the load generators are told of a relay. */
export function relayWords(relay: Relay, client: string): string[] {
  return [String(relay.port), String(serverPort), client, ...relay.protocol];
}
