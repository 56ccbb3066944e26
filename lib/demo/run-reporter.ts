import type { DemoCommand, RunReport } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { DemoPlace } from "./demo-place";
import { RunQueue } from "./run-queue";
import { RunReportBuffer } from "./run-report-buffer";

const reportWhileRunningMs = 200;
const reportElseMs = 2000;
const answerMs = 5000;
const firstBackOffMs = 500;
const longestBackOffMs = 5000;

/** Answers after which sending the same report again is of no use. */
const finalRefusals = [400, 404, 409, 413, 422];

export type RunReporterOptions = {
  place: DemoPlace;
  /** Where reports are posted, and with which credential. */
  url: string;
  headers: Record<string, string>;
  /** The place as it is now, sent with each report. */
  status: () => unknown;
  /** Whether orders reach us: while they do not, nothing is reported but what a run still has to say. */
  hearsOrders: () => boolean;
  log: Log;
};

/**
 * Carries out the portal's demo runs and reports the place's state and the run's progress to it, until stopped. A portal
 * that is away is tried again with a growing pause; what it missed of a run is told when it is back.
 */
export class RunReporter {
  readonly #options: RunReporterOptions;
  readonly #reports = new RunReportBuffer();
  readonly #queue: RunQueue;
  readonly #stopping = new AbortController();
  readonly #telling: Promise<void>;
  #wake = new AbortController();

  constructor(options: RunReporterOptions) {
    this.#options = options;
    this.#queue = new RunQueue(options.place, options.log, (run) => {
      this.#reports.add(run);
      this.tellSoon();
    });
    this.#telling = this.#tell();
  }

  take(command: DemoCommand): void {
    this.#queue.take(command);
  }

  /** There is news of the place. */
  tellSoon(): void {
    this.#wake.abort();
  }

  /** Cancels what runs, tells the portal, and ends. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    this.#stopping.abort();
    await this.#telling;
    while (this.#reports.hasEnded) if (!(await this.#post().catch(() => false))) break;
  }

  /** False where the same report is to be sent again. */
  async #post(): Promise<boolean> {
    const { url, headers, status, hearsOrders, log } = this.#options;
    const run: RunReport | null = this.#reports.peek();
    if (run === null && !hearsOrders()) return true;
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ at: new Date().toISOString(), status: status(), run }),
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await response.text();
    if (!response.ok) log.warn({ status: response.status, text: text.slice(0, 500) }, "report not taken");
    const isSettled = response.ok || finalRefusals.includes(response.status);
    if (run !== null && isSettled) this.#reports.confirm(run);
    return isSettled;
  }

  async #tell(): Promise<void> {
    let backOffMs = firstBackOffMs;
    while (!this.#stopping.signal.aborted) {
      const isSettled = await this.#post().catch((error) => {
        this.#options.log.debug({ error: errorMessage(error) }, "report not delivered");
        return false;
      });
      const isBusy = this.#queue.isRunning || this.#reports.hasEnded;
      await sleep(isSettled ? (isBusy ? reportWhileRunningMs : reportElseMs) : backOffMs, this.#wakeSignal());
      backOffMs = isSettled ? firstBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
    }
  }

  /** An idle pause ends with the first news; while a run reports, the rhythm is kept. */
  #wakeSignal(): AbortSignal {
    if (this.#queue.isRunning) return this.#stopping.signal;
    this.#wake = new AbortController();
    return AbortSignal.any([this.#stopping.signal, this.#wake.signal]);
  }
}
