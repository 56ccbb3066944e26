import type { NodeStatus, SessionReport, TelemetryBatch, TelemetryReply } from "@/lib/contracts/telemetry";
import type { ConnectionSample } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { isRefusedForGood, type PortalRefusal } from "./portal-client";
import type { RuleHits } from "./rule-hits";
import type { Session } from "./session";
import type { SessionTable } from "./session-table";
import type { TelemetrySpool } from "./spool/telemetry-spool";

const sampleEveryMs = 1000;
const paceStepMs = 50;
const defaultMaxSessions = 5000;
const maxRuleHits = 5000;
/** How often it looks for what a process that this one took over from has left meanwhile. */
const adoptEveryMs = 60_000;

export type ReporterOptions = {
  sessions: SessionTable;
  ruleHits: RuleHits;
  sample: () => Promise<ConnectionSample[]>;
  status: () => NodeStatus;
  /** Where batches wait for the portal. */
  spool: TelemetrySpool;
  deliver: (batch: TelemetryBatch) => Promise<TelemetryReply>;
  log: Log;
  /** Epoch of the process that this one took over from. */
  succeeds?: string | null;
  /** Pause before a batch that was not taken is sent again. */
  retryMs?: number;
  /** For tests. */
  adoptEveryMs?: number;
  /** More running sessions than fit take turns. */
  maxSessionsPerBatch?: number;
};

/**
 * Samples the sessions and spools a batch, as often as the portal asks (1 Hz, 5 Hz while somebody watches); delivers what
 * is spooled, oldest first, at its own pace. A batch that was not taken is sent again under its own sequence, so that
 * nothing counts twice. One that the portal refuses for good is set aside in a file that the log names: the bytes per
 * access come with the next one.
 */
export class TelemetryReporter {
  readonly epoch = newSecret();
  private readonly stopping = new AbortController();
  private readonly collecting: Promise<void>;
  private readonly delivering: Promise<void>;
  private sequence = 0;
  private reportEveryMs = sampleEveryMs;
  private isDelivering = true;
  private isRefused = false;
  private nextRunning = 0;
  /** Resolves the wait for the next batch. */
  private wake = (): void => {};

  constructor(private readonly options: ReporterOptions) {
    this.collecting = this.collectOn();
    this.delivering = this.deliverOn();
  }

  /** Deliver what is left: batches that wait, every ended session, a last sample. Ends where the portal is away. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await Promise.all([this.collecting, this.delivering]);
    do await this.collect();
    while (this.options.sessions.hasEnded);
    while ((await this.deliverNext()) === "delivered");
    await this.options.spool.close();
  }

  private async collectOn(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const began = performance.now();
      await this.collect();
      this.wake();
      // In steps: the portal may ask for another pace meanwhile.
      do await sleep(Math.min(paceStepMs, this.reportEveryMs), this.stopping.signal);
      while (!this.stopping.signal.aborted && performance.now() - began < this.reportEveryMs);
    }
  }

  private async collect(): Promise<void> {
    const { sessions, sample, spool, log } = this.options;
    try {
      sessions.takeSamples(await sample());
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "sessions were not sampled");
    }
    try {
      const batch = this.nextBatch();
      if ((await spool.add(batch)) && batch.epoch === this.epoch) this.sequence = batch.sequence;
    } catch (error) {
      log.error({ reason: errorMessage(error) }, "telemetry was not spooled");
    }
  }

  private async deliverOn(): Promise<void> {
    const { spool, retryMs = sampleEveryMs, adoptEveryMs: everyMs = adoptEveryMs } = this.options;
    const { signal } = this.stopping;
    let adoptedMs = performance.now();
    while (!signal.aborted) {
      const came = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      if (performance.now() - adoptedMs > everyMs) {
        await spool.adopt();
        adoptedMs = performance.now();
      }
      const result = await this.deliverNext();
      if (result === "none" && !signal.aborted) await came;
      if (result === "away") await sleep(retryMs, signal);
    }
  }

  private async deliverNext(): Promise<"delivered" | "away" | "none"> {
    const { spool, deliver, log, retryMs = sampleEveryMs } = this.options;
    const batch = await spool.next();
    if (batch === null) return "none";
    try {
      const reply = await deliver({ ...batch, isLate: spool.count > 1 });
      await spool.remove();
      this.reportEveryMs = reply.reportEveryMs;
      if (!this.isDelivering || this.isRefused) log.info("telemetry delivered again");
      this.isDelivering = true;
      this.isRefused = false;
      return "delivered";
    } catch (error) {
      this.reportEveryMs = retryMs;
      if (isRefusedForGood(error)) return this.refused(batch, error);
      if (this.isDelivering) log.warn({ reason: errorMessage(error) }, "telemetry waits for the portal");
      this.isDelivering = false;
      return "away";
    }
  }

  private nextBatch(): TelemetryBatch {
    const { sessions, ruleHits, status, maxSessionsPerBatch = defaultMaxSessions } = this.options;
    const ended: SessionReport[] = sessions.takeEnded(maxSessionsPerBatch);
    const running = this.takeTurns(sessions.withNews(), maxSessionsPerBatch - ended.length);
    return {
      epoch: this.epoch,
      succeeds: this.options.succeeds ?? null,
      sequence: this.sequence + 1,
      at: new Date().toISOString(),
      node: status(),
      totals: sessions.totals(),
      earlier: [],
      sessions: [...ended, ...running.map((session) => session.report())],
      ruleHits: ruleHits.take(maxRuleHits),
      isLate: false,
    };
  }

  private async refused(batch: TelemetryBatch, refusal: PortalRefusal): Promise<"delivered"> {
    await this.setAside(batch, refusal.message);
    this.isRefused = true;
    for (const session of this.options.sessions.sessions()) session.tellAll();
    return "delivered";
  }

  private async setAside({ epoch, sequence, ...batch }: TelemetryBatch, reason: string): Promise<void> {
    const file = await this.options.spool.setAside(reason);
    const endedSessions = batch.sessions.filter(({ end }) => end !== null).length;
    const kept = { epoch, sequence, endedSessions, ruleHits: batch.ruleHits.length, file };
    this.options.log.error({ ...kept, reason }, "telemetry refused: batch set aside");
  }

  /** All of them where there is room, otherwise those whose turn it is. */
  private takeTurns(running: Session[], room: number): Session[] {
    if (running.length <= room) return running;
    const from = this.nextRunning % running.length;
    this.nextRunning = from + room;
    return [...running.slice(from), ...running.slice(0, from)].slice(0, room);
  }
}
