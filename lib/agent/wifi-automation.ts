import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { runWords } from "./run-words";

export type WifiAutomationOptions = {
  /** Program and arguments; run without a shell. */
  onCommand: readonly string[];
  offCommand: readonly string[];
  /** WiFi goes off this long after the last white-listed byte. */
  idleMs: number;
  /** Whether WiFi has a carrier and an address. */
  isWifiUp: () => boolean;
  /** When white-listed traffic was last seen, by `performance.now()`; null before the first. */
  lastTrafficMs: () => number | null;
  log: Log;
};

export type WifiState =
  /** Nothing asks for it. */
  | "off"
  | "turning-on"
  /** We turned it on, and shall turn it off. */
  | "on"
  /** It was on without us: we leave it. */
  | "on-by-others"
  | "turning-off"
  /** A command failed, or did not bring WiFi: the next try waits. */
  | "waiting-to-retry";

export type WifiAutomationStatus = {
  state: WifiState;
  /** Milliseconds since 1970. */
  since: number;
  /** What went wrong last; null where nothing did. */
  problem: string | null;
  idleSeconds: number;
};

const tickMs = 250;
/** Traffic that began this long ago still asks for WiFi. */
const wantedMs = 5000;
const minOnMs = 15_000;
const minOffMs = 10_000;
const commandTimeoutMs = 15_000;
const comesUpWithinMs = 20_000;
const goesDownWithinMs = 5000;
const firstRetryMs = 10_000;
const longestRetryMs = 600_000;

/**
 * Turns WiFi on when white-listed traffic starts, and off again when it has been idle. WiFi that was on without us is
 * never turned off, nor is it at the agent's end.
 */
export class WifiAutomation {
  private state: WifiState = "off";
  private since = Date.now();
  /** The same by the clock that never steps, as all other times here. */
  private sinceMs = performance.now();
  private problem: string | null = null;
  private failures = 0;
  private retryMs = Number.NEGATIVE_INFINITY;
  private offMs = Number.NEGATIVE_INFINITY;
  private working: Promise<void> | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: WifiAutomationOptions) {
    this.timer = setInterval(() => this.look(), tickMs);
    this.look();
  }

  status(): WifiAutomationStatus {
    const { state, since, problem } = this;
    return { state, since, problem, idleSeconds: Math.round(this.options.idleMs / 1000) };
  }

  /** Look now, not at the next tick: white-listed traffic begins. */
  look(): void {
    if (this.working !== null) return;
    const isUp = this.options.isWifiUp();
    const nowMs = performance.now();
    if (isUp) this.lookWhileUp(nowMs);
    else this.lookWhileDown(nowMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  private lookWhileUp(nowMs: number): void {
    if (this.state === "turning-on") {
      this.failures = 0;
      this.problem = null;
      this.turn("on");
    }
    if (this.state !== "on") {
      if (nowMs - this.offMs >= goesDownWithinMs) this.turn("on-by-others");
      return;
    }
    const idleMs = nowMs - (this.options.lastTrafficMs() ?? this.sinceMs);
    if (idleMs < this.options.idleMs || nowMs - this.sinceMs < minOnMs || nowMs < this.retryMs) return;
    this.turn("turning-off");
    this.work(async () => {
      await this.run(this.options.offCommand);
      this.offMs = performance.now();
      this.turn("off");
    }, "on");
  }

  private lookWhileDown(nowMs: number): void {
    if (this.state === "turning-on") {
      if (nowMs - this.sinceMs >= comesUpWithinMs)
        this.failed(`WiFi did not come up within ${comesUpWithinMs / 1000} s`, "waiting-to-retry");
      return;
    }
    // Somebody else turned it off, or it went out of reach: what comes next is not ours.
    if (this.state === "on" || this.state === "on-by-others") this.turn("off");
    const lastMs = this.options.lastTrafficMs();
    if (lastMs === null || nowMs - lastMs > wantedMs || nowMs < this.retryMs || nowMs - this.offMs < minOffMs) return;
    this.turn("turning-on");
    this.work(() => this.run(this.options.onCommand), "waiting-to-retry");
  }

  private work(act: () => Promise<void>, stateAfterFailure: WifiState): void {
    this.working = act()
      .catch((error: unknown) => this.failed(errorMessage(error), stateAfterFailure))
      .finally(() => {
        this.working = null;
      });
  }

  private async run(words: readonly string[]): Promise<void> {
    this.options.log.info({ command: words.join(" ") }, "WiFi command");
    await runWords(words, commandTimeoutMs);
  }

  private failed(problem: string, state: WifiState): void {
    this.failures += 1;
    const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (this.failures - 1));
    this.retryMs = performance.now() + pauseMs;
    this.problem = problem;
    this.turn(state);
    this.options.log.warn({ problem, retryMs: pauseMs }, "WiFi automation");
  }

  private turn(state: WifiState): void {
    if (this.state === state) return;
    this.options.log.info({ was: this.state, state }, "WiFi automation");
    // Coming back to "on" after a failed command starts no new time.
    if (!(state === "on" && this.state === "turning-off")) {
      this.since = Date.now();
      this.sinceMs = performance.now();
    }
    this.state = state;
  }
}
