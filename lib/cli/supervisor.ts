import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";

export type Supervised = { stop(): Promise<void> };

const firstPauseMs = 100;
const lastPauseMs = 5000;
const goodRunMs = 5000;
const defaultStopGraceMs = 8000;

/** End a child: SIGTERM, and SIGKILL where it has not ended after the grace. */
export async function endChild(child: ChildProcess, graceMs = defaultStopGraceMs): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Resolves with the reason once the child has ended, or could not be started at all. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });
}

/**
 * Keep a child process running: when it ends it is started again, after 100 ms the first time and ever later (up to
 * 5 s) while it keeps failing at once. Its pid is in `<runFolder>/<name>.pid`. A `start` that throws is tried again too.
 */
export function supervise(options: {
  name: string;
  runFolder: string;
  start: () => ChildProcess;
  onEvent: (sentence: string) => void;
  /** How long `stop` waits between SIGTERM and SIGKILL. */
  stopGraceMs?: number;
}): Supervised {
  const { name, start, onEvent, stopGraceMs } = options;
  mkdirSync(options.runFolder, { recursive: true });
  const pidFile = join(options.runFolder, `${name}.pid`);
  const stopping = new AbortController();
  let child: ChildProcess | null = null;

  const runOnce = async (): Promise<string> => {
    child = start();
    const ended = endOf(child);
    try {
      if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    } catch (error) {
      onEvent(`${name} runs, but ${pidFile} is not written (${errorMessage(error)})`);
    }
    return ended;
  };

  const loop = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!stopping.signal.aborted) {
      const began = Date.now();
      const why = await runOnce().catch(errorMessage);
      if (stopping.signal.aborted) break;
      if (Date.now() - began > goodRunMs) pauseMs = firstPauseMs;
      onEvent(`${name} ended (${why}); starting it again in ${pauseMs} ms`);
      await sleep(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, lastPauseMs);
    }
  };

  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      if (child !== null) await endChild(child, stopGraceMs);
      await ended;
      rmSync(pidFile, { force: true });
    },
  };
}
