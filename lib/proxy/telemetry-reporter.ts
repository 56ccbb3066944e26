import type { NodeStatus, SessionReport, TelemetryBatch, TelemetryReply } from "@/lib/contracts/telemetry";
import type { ConnectionSample } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { isRefusedForGood, type PortalRefusal } from "./portal-client";
import type { RuleHits } from "./rule-hits";
import type { Session } from "./session";
import { type SessionTable, type Totals, totalsSince } from "./session-table";

const sampleEveryMs = 1000;
const defaultMaxSessions = 5000;
const maxRuleHits = 5000;

export type ReporterOptions = {
  sessions: SessionTable;
  ruleHits: RuleHits;
  sample: () => Promise<ConnectionSample[]>;
  status: () => NodeStatus;
  deliver: (batch: TelemetryBatch) => Promise<TelemetryReply>;
  log: Log;
  /** Epoch of the process that this one took over from. */
  succeeds?: string | null;
  /** Pause before a batch that was not taken is sent again. */
  retryMs?: number;
  /** More running sessions than fit take turns. */
  maxSessionsPerBatch?: number;
};

/**
 * Samples the sessions and delivers batches to the portal, as often as the portal asks (1 Hz, 5 Hz while somebody
 * watches). A batch that was not taken is sent again under its own sequence, so that nothing counts twice. One that the
 * portal refuses for good is given up, with an error in the log: the bytes per access come with the next one.
 */
export class TelemetryReporter {
  private currentEpoch = newSecret();
  /** What the portal was told of the bytes, and the part of it that belongs to epochs before this one. */
  private toldTotals: Totals | null = null;
  private earlierTotals: Totals | null = null;
  private batchTotals: Totals | null = null;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private sequence = 0;
  private unsent: TelemetryBatch | null = null;
  private reportEveryMs = sampleEveryMs;
  private isDelivering = true;
  private isRefused = false;
  private nextRunning = 0;

  constructor(private readonly options: ReporterOptions) {
    this.running = this.loop();
  }

  get epoch(): string {
    return this.currentEpoch;
  }

  /** Deliver what is left: a batch that waits, every ended session, a last sample. Ends where the portal is away. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    let isBehind = true;
    while (isBehind) {
      const hadUnsent = this.unsent !== null;
      await this.turn();
      isBehind = this.isDelivering && (hadUnsent || this.options.sessions.hasEnded);
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const began = Date.now();
      await this.turn();
      await sleep(Math.max(20, this.reportEveryMs - (Date.now() - began)), this.stopping.signal);
    }
  }

  private async turn(): Promise<void> {
    const { sessions, sample, deliver, log, retryMs = sampleEveryMs } = this.options;
    try {
      sessions.takeSamples(await sample());
      this.unsent ??= this.nextBatch();
      const reply = await deliver(this.unsent);
      this.toldTotals = this.batchTotals;
      this.unsent = null;
      this.reportEveryMs = reply.reportEveryMs;
      if (!this.isDelivering || this.isRefused) log.info("telemetry delivered again");
      this.isDelivering = true;
      this.isRefused = false;
    } catch (error) {
      if (isRefusedForGood(error)) return this.giveUp(error);
      if (this.isDelivering) log.warn({ reason: errorMessage(error) }, "telemetry waits for the portal");
      this.isDelivering = false;
      this.reportEveryMs = retryMs;
    }
  }

  private nextBatch(): TelemetryBatch {
    const { sessions, ruleHits, status, maxSessionsPerBatch = defaultMaxSessions } = this.options;
    const ended: SessionReport[] = sessions.takeEnded(maxSessionsPerBatch);
    const running = this.takeTurns(sessions.withNews(), maxSessionsPerBatch - ended.length);
    this.batchTotals = sessions.totals();
    this.sequence += 1;
    return {
      epoch: this.currentEpoch,
      succeeds: this.options.succeeds ?? null,
      sequence: this.sequence,
      at: new Date().toISOString(),
      node: status(),
      totals: totalsSince(this.earlierTotals, this.batchTotals),
      sessions: [...ended, ...running.map((session) => session.report())],
      ruleHits: ruleHits.take(maxRuleHits),
    };
  }

  private giveUp(refusal: PortalRefusal): void {
    const { log, retryMs = sampleEveryMs } = this.options;
    const batch = this.unsent;
    this.unsent = null;
    this.reportEveryMs = retryMs;
    for (const session of this.options.sessions.sessions()) session.tellAll();
    const lost = {
      endedSessions: batch?.sessions.filter(({ end }) => end !== null).length ?? 0,
      ruleHits: batch?.ruleHits.length ?? 0,
    };
    if (!this.isRefused || lost.endedSessions > 0)
      log.error({ sequence: batch?.sequence, ...lost, reason: refusal.message }, "telemetry refused: batch given up");
    this.isRefused = true;
    if (refusal.problemCode === "TELEMETRY_NOT_MONOTONE") this.beginEpoch();
  }

  /** The portal's counters do not go with this process's: count anew, from what it was told last. */
  private beginEpoch(): void {
    this.currentEpoch = newSecret();
    this.sequence = 0;
    this.earlierTotals = this.toldTotals;
  }

  /** All of them where there is room, otherwise those whose turn it is. */
  private takeTurns(running: Session[], room: number): Session[] {
    if (running.length <= room) return running;
    const from = this.nextRunning % running.length;
    this.nextRunning = from + room;
    return [...running.slice(from), ...running.slice(0, from)].slice(0, room);
  }
}
