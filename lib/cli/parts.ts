import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { childEnv, type EnvName } from "@/lib/shared/env";
import { projectRoot } from "@/lib/shared/project-root";
import type { Supervised } from "./supervisor";
import { waitFor } from "./wait-for";

export type PartOptions = {
  /** Name of its log file and pid file. */
  name: string;
  args: string[];
  env: Partial<Record<EnvName | "NODE_ENV", string | null>>;
  dataDir: string;
  /** Put before the command line: `ip netns exec …` for a part in a network namespace. */
  prefix?: string[];
};

const logFile = (dataDir: string, name: string): string => join(dataDir, "logs", `${name}.log`);
const servingDeadlineMs = 30_000;

/** Wait until a started part says that it serves. Errors: AppError CLI_NOT_READY after 30 s, with its log file. */
export function untilServing(name: string, part: Supervised, dataDir: string): Promise<void> {
  const sentence = `${name} does not serve after ${servingDeadlineMs / 1000} s; see ${logFile(dataDir, name)}.`;
  return waitFor(async () => part.isReady(), servingDeadlineMs, sentence);
}

/**
 * Start another part of the product as a child of its own process group (Ctrl-C reaches only us, we stop the parts in
 * order). It ends by itself when we are gone: its IPC channel closes. Its output goes to `<dataDir>/logs/<name>.log`.
 */
export function startPart(options: PartOptions): ChildProcess {
  mkdirSync(join(options.dataDir, "logs"), { recursive: true });
  const log = openSync(logFile(options.dataDir, options.name), "a", 0o600);
  const line = [
    ...(options.prefix ?? []),
    process.execPath,
    "--enable-source-maps",
    join(projectRoot(), "dist", "twinpath.js"),
    ...options.args,
  ];
  const [command = process.execPath, ...args] = line;
  const child = spawn(command, args, {
    cwd: projectRoot(),
    env: childEnv({ ...options.env, TWINPATH_DATA_DIR: options.dataDir }),
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  return child;
}
