import type { DemoCommand, RunReport } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { DemoPlace } from "./demo-place";
import { runDemo } from "./run-demo";

type RunCommand = Extract<DemoCommand, { type: "run" }>;

/** Carries out the portal's demo runs one at a time, in their order. */
export class RunQueue {
  readonly #waiting: RunCommand[] = [];
  #current: { runId: string; abort: AbortController } | null = null;
  #lastEnded: RunReport | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(
    readonly place: DemoPlace,
    readonly log: Log,
    readonly onReport: (run: RunReport) => void,
  ) {}

  get isRunning(): boolean {
    return this.#current !== null;
  }

  take(command: DemoCommand): void {
    if (command.type === "run") this.#run(command);
    else this.#cancel(command.runId);
  }

  /** Cancel everything; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    for (const { runId } of [...this.#waiting]) this.#cancel(runId);
    this.#current?.abort.abort();
    await this.#work;
  }

  /** A portal that lost sight of us sends its command again: it is carried out once, its end is told again. */
  #run(command: RunCommand): void {
    const { runId } = command;
    if (this.#current?.runId === runId || this.#waiting.some((other) => other.runId === runId)) return;
    if (this.#lastEnded?.runId === runId) {
      this.onReport(this.#lastEnded);
      return;
    }
    this.#waiting.push(command);
    this.#work = this.#work.then(() => this.#next());
  }

  #cancel(runId: string): void {
    if (this.#current?.runId === runId) this.#current.abort.abort();
    const index = this.#waiting.findIndex((command) => command.runId === runId);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.onReport({ runId, state: "cancelled", lanes: [] });
  }

  async #next(): Promise<void> {
    const command = this.#waiting.shift();
    if (command === undefined) return;
    const { runId, request } = command;
    const { place, log } = this;
    const abort = new AbortController();
    this.#current = { runId, abort };
    log.info({ runId, request }, "demo run begins");
    const onReport = (run: RunReport) => {
      if (run.state !== "running") {
        this.#lastEnded = { ...run, lanes: run.lanes.map((lane) => ({ ...lane, samples: [] })) };
        log.info({ runId, state: run.state }, "demo run ended");
      }
      this.onReport(run);
    };
    try {
      await runDemo(place, { runId, request, signal: abort.signal, onReport });
    } catch (error) {
      log.error({ runId, error: errorMessage(error) }, "demo run refused");
      this.onReport({ runId, state: "failed", lanes: [] });
    } finally {
      this.#current = null;
    }
  }
}
