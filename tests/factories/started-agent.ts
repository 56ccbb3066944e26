import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StartedDemo } from "./started-demo";

export type StartedAgent = {
  pid: number;
  log: () => Promise<string>;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
};

const readyMs = 15_000;

/** The portal as the demo's own agent was told to reach it. */
async function portalFromUe(demo: StartedDemo): Promise<string> {
  const line = (await readFile(`/proc/${await demo.pidOf("testbed-agent")}/cmdline`, "utf8")).split("\0");
  return line[line.indexOf("--portal") + 1] ?? "";
}

/** Wait until `check` is true. Errors: Error that names `what` after `deadlineMs`. */
export async function untilTrue(what: string, check: () => Promise<boolean>, deadlineMs: number): Promise<void> {
  for (const end = Date.now() + deadlineMs; !(await check()); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
}

/** The UE's address on one of its links. */
export async function ueAddress(demo: StartedDemo, link: "wifi0" | "lte0"): Promise<string> {
  const { stdout } = await demo.runIn("ue", "ip", ["-4", "-o", "addr", "show", "dev", link]);
  return /inet ([0-9.]+)/.exec(stdout)?.[1] ?? "";
}

/**
 * Start `twinpath agent` with these arguments in the UE's namespace, beside the demo's own agent, and wait until it has
 * the policy. It keeps everything in `folder`.
 */
export async function startAgentProcess(
  demo: StartedDemo,
  folder: string,
  own: readonly string[],
  credential: { deviceId: string; secret: string } | null,
): Promise<StartedAgent> {
  const logFile = join(folder, "agent.log");
  const args = [
    ...["netns", "exec", demo.namespace("ue"), process.execPath, "--enable-source-maps", "dist/twinpath.js", "agent"],
    ...["--portal", await portalFromUe(demo), "--proxy", `${demo.proxyAddress}:1080`, "--data-dir", folder, ...own],
  ];
  const device = credential && {
    TWINPATH_DEVICE_ID: credential.deviceId,
    TWINPATH_DEVICE_SECRET: credential.secret,
  };
  const child = spawn("ip", args, { env: { ...process.env, ...device }, stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = once(child, "exit");
  const readLog = (): Promise<string> => readFile(logFile, "utf8").catch(() => "");
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await exited;
    log.end();
  };
  const isReady = async (): Promise<boolean> => {
    const text = await readLog();
    if (child.exitCode !== null) throw new Error(`the agent ended: ${text}`);
    return text.includes("agent listens") && text.includes("white-lists in force");
  };
  await untilTrue("the agent was ready", isReady, readyMs).catch(async (error) => {
    await stop("SIGKILL");
    throw error;
  });
  return { pid: child.pid ?? 0, log: readLog, stop };
}
