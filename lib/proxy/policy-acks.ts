import type { PolicyAck } from "@/lib/contracts/policy";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { isRefusedForGood, PortalRefusal } from "./portal-client";

const firstRetryMs = 200;
const lastRetryMs = 5000;

export type PolicyAcksOptions = {
  deliver: (ack: PolicyAck) => Promise<void>;
  log: Log;
};

/** Tells the portal which versions were taken and which were unfit: each once, in order, again while it is away. */
export class PolicyAcks {
  private readonly stopping = new AbortController();
  private readonly delivered = new Map<number, boolean>();
  private waiting: PolicyAck[] = [];
  private sending: Promise<void> | null = null;

  constructor(private readonly options: PolicyAcksOptions) {}

  /** Of several about one version the last counts; one that was delivered is not sent again. */
  add(ack: PolicyAck): void {
    this.waiting = this.waiting.filter(({ version }) => version !== ack.version);
    if (this.delivered.get(ack.version) === ack.isApplied) return;
    this.waiting.push(ack);
    this.start();
  }

  /** Give up what waits. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.sending;
  }

  private start(): void {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
      if (this.waiting.length > 0 && !this.stopping.signal.aborted) this.start();
    });
  }

  private async send(): Promise<void> {
    const { deliver, log } = this.options;
    let retryMs = firstRetryMs;
    for (let [ack] = this.waiting; ack !== undefined && !this.stopping.signal.aborted; [ack] = this.waiting) {
      const { version, isApplied } = ack;
      const current = ack;
      try {
        await deliver(current);
        this.delivered.set(version, isApplied);
        this.waiting = this.waiting.filter((other) => other !== current);
        retryMs = firstRetryMs;
      } catch (error) {
        const reason = errorMessage(error);
        if (isRefusedForGood(error) || (error instanceof PortalRefusal && error.status === 404)) {
          log.error({ version, isApplied, reason }, "the portal does not take this acknowledgement");
          this.waiting = this.waiting.filter((other) => other !== current);
          continue;
        }
        log.debug({ version, reason }, "acknowledgement waits for the portal");
        await sleep(retryMs * (0.5 + Math.random()), this.stopping.signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }
}
