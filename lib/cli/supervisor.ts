import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "@/lib/shared/sleep";

export type Supervised = { stop(): Promise<void> };

const firstPauseMs = 100;
const lastPauseMs = 5000;
const goodRunMs = 5000;
const stopGraceMs = 8000;

/** End a child: SIGTERM, and SIGKILL where it has not ended after the grace. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopGraceMs);
  await ended;
  clearTimeout(timer);
}

/**
 * Keep a child process running: when it ends it is started again, after 100 ms the first time and ever later (up to
 * 5 s) while it keeps failing at once. Its pid is in `<runFolder>/<name>.pid`.
 */
export function supervise(options: {
  name: string;
  runFolder: string;
  start: () => ChildProcess;
  onEvent: (sentence: string) => void;
}): Supervised {
  const { name, start, onEvent } = options;
  mkdirSync(options.runFolder, { recursive: true });
  const pidFile = join(options.runFolder, `${name}.pid`);
  const stopping = new AbortController();
  let child: ChildProcess | null = null;

  const loop = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!stopping.signal.aborted) {
      const began = Date.now();
      const current = start();
      child = current;
      if (current.pid !== undefined) writeFileSync(pidFile, `${current.pid}\n`);
      const why = await new Promise<string>((resolve) => {
        current.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
        current.once("error", (error) => resolve(error.message));
      });
      if (stopping.signal.aborted) break;
      pauseMs = Date.now() - began > goodRunMs ? firstPauseMs : Math.min(pauseMs * 2, lastPauseMs);
      onEvent(`${name} ended (${why}); starting it again in ${pauseMs} ms`);
      await sleep(pauseMs, stopping.signal);
    }
  };

  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      if (child !== null) await endChild(child);
      await ended;
      rmSync(pidFile, { force: true });
    },
  };
}
