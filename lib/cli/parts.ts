import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { childEnv, type EnvName } from "@/lib/shared/env";
import { projectRoot } from "@/lib/shared/project-root";

export type PartOptions = {
  /** Name of its log file and pid file. */
  name: string;
  args: string[];
  env: Partial<Record<EnvName | "NODE_ENV", string | null>>;
  dataDir: string;
  /** Put before the command line: `ip netns exec …` for a part in a network namespace. */
  prefix?: string[];
};

/**
 * Start another part of the product as a child of its own process group (Ctrl-C reaches only us, we stop the parts in
 * order). It ends by itself when we are gone: its IPC channel closes. Its output goes to `<dataDir>/logs/<name>.log`.
 */
export function startPart(options: PartOptions): ChildProcess {
  const logs = join(options.dataDir, "logs");
  mkdirSync(logs, { recursive: true });
  const log = openSync(join(logs, `${options.name}.log`), "a", 0o600);
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
