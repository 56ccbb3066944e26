import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { type RestartAnswer, readyMessage, restartMessage } from "./readiness";

export type Supervised = {
  /** Whether the child that runs now has said that it serves (`sayReady`). */
  isReady(): boolean;
  /**
   * Start a successor of the child, which takes over from it; resolves when the successor serves. The child before ends by
   * itself. Errors: AppError CLI_NOT_READY, CLI_NO_SUCCESSOR; the child before serves on then.
   */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

type Run = {
  child: ChildProcess;
  ended: Promise<string>;
  ready: Promise<void>;
  isReady: boolean;
  /** Its successor serves. */
  replaced: Promise<void>;
  replace: () => void;
};

const firstPauseMs = 100;
const lastPauseMs = 5000;
const goodRunMs = 5000;
const defaultStopGraceMs = 8000;
const successorDeadlineMs = 60_000;

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

function follow(child: ChildProcess, onRestart: () => void): Run {
  let becomeReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  let replace = (): void => {};
  const replaced = new Promise<void>((resolve) => {
    replace = resolve;
  });
  const run: Run = { child, ended: endOf(child), ready, isReady: false, replaced, replace: () => replace() };
  child.on("message", (message) => {
    if (message === restartMessage) onRestart();
    if (message !== readyMessage) return;
    run.isReady = true;
    becomeReady();
  });
  return run;
}

/**
 * Keep a child process running: when it ends it is started again, after 100 ms the first time and ever later (up to
 * 5 s) while it keeps failing at once. Its pid is in `<runFolder>/<name>.pid`. A `start` that throws is tried again too.
 */
export function supervise(options: {
  name: string;
  runFolder: string;
  start: () => ChildProcess;
  /** Starts a child that takes over from the one that runs; without it `restart` fails. */
  startSuccessor?: () => ChildProcess;
  onEvent: (sentence: string) => void;
  /** How long `stop` waits between SIGTERM and SIGKILL. */
  stopGraceMs?: number;
  /** How long a successor may take until it serves (a minute: the one before serves on). */
  successorMs?: number;
}): Supervised {
  const { name, start, startSuccessor, onEvent, stopGraceMs, successorMs = successorDeadlineMs } = options;
  mkdirSync(options.runFolder, { recursive: true });
  const pidFile = join(options.runFolder, `${name}.pid`);
  const stopping = new AbortController();
  let current: Run | null = null;
  let restarting: Promise<void> | null = null;
  /** The ones before, and a successor that does not serve yet: they end with us. */
  const others = new Set<Run>();

  const begin = (child: ChildProcess): Run =>
    follow(child, () => {
      const tell = (answer: RestartAnswer): void => void (child.connected && child.send(answer));
      restart().then(
        () => tell({ restart: "done" }),
        (error: unknown) => tell({ restart: "failed", reason: errorMessage(error) }),
      );
    });

  const makeCurrent = (run: Run): void => {
    current = run;
    try {
      if (run.child.pid !== undefined) writeFileSync(pidFile, `${run.child.pid}\n`);
    } catch (error) {
      onEvent(`${name} runs, but ${pidFile} is not written (${errorMessage(error)})`);
    }
  };

  /** Resolves with the reason once the child has ended, or the last one that took over. */
  const untilEnded = async (first: Run): Promise<string> => {
    for (let run = first; ; ) {
      const why = await Promise.race([run.ended, run.replaced.then(() => "replaced")]);
      // A successor that is on its way takes the port over, or finds it free.
      await restarting?.catch(() => undefined);
      if (current === null || current === run) return why;
      run = current;
    }
  };

  const runOnce = async (): Promise<string> => {
    const run = begin(start());
    makeCurrent(run);
    return untilEnded(run);
  };

  const succeed = async (): Promise<void> => {
    const before = current;
    if (startSuccessor === undefined || before === null || stopping.signal.aborted)
      throw new AppError("CLI_NO_SUCCESSOR", `${name} is not to be replaced while it runs.`);
    const run = begin(startSuccessor());
    others.add(run);
    const late = new AbortController();
    const why = await Promise.race([
      run.ready.then(() => null),
      run.ended,
      sleep(successorMs, late.signal).then(() => `did not serve within ${successorMs / 1000} s`),
    ]);
    late.abort();
    if (why !== null) {
      await endChild(run.child, stopGraceMs);
      others.delete(run);
      throw new AppError("CLI_NOT_READY", `The new process of ${name} failed (${why}); the one before serves on.`);
    }
    others.delete(run);
    others.add(before);
    void before.ended.then(() => others.delete(before));
    makeCurrent(run);
    before.replace();
    onEvent(`${name} is replaced by a new process; the one before serves its sessions to the end`);
  };

  const restart = (): Promise<void> => {
    restarting ??= succeed().finally(() => {
      restarting = null;
    });
    return restarting;
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
    isReady: () => current?.isReady ?? false,
    restart,
    stop: async () => {
      stopping.abort();
      const running = [...others, ...(current === null ? [] : [current])];
      await Promise.all(running.map(({ child }) => endChild(child, stopGraceMs)));
      await ended;
      rmSync(pidFile, { force: true });
    },
  };
}
