import type { NodeStatus, SessionReport, TelemetryBatch, TelemetryReply } from "@/lib/contracts/telemetry";
import type { ConnectionSample } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { Session } from "./session";
import type { SessionTable } from "./session-table";

const sampleEveryMs = 1000;
const defaultMaxSessions = 5000;

export type ReporterOptions = {
  sessions: SessionTable;
  sample: () => Promise<ConnectionSample[]>;
  status: () => NodeStatus;
  deliver: (batch: TelemetryBatch) => Promise<TelemetryReply>;
  log: Log;
  /** Pause before a batch that was not taken is sent again. */
  retryMs?: number;
  /** More running sessions than fit take turns. */
  maxSessionsPerBatch?: number;
};

/**
 * Samples the sessions and delivers batches to the portal, as often as the portal asks (1 Hz, 5 Hz while somebody
 * watches). A batch that was not taken is sent again under its own sequence, so that nothing counts twice.
 */
export class TelemetryReporter {
  private readonly epoch = newSecret();
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private sequence = 0;
  private unsent: TelemetryBatch | null = null;
  private reportEveryMs = sampleEveryMs;
  private isDelivering = true;
  private nextRunning = 0;

  constructor(private readonly options: ReporterOptions) {
    this.running = this.loop();
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
      this.unsent = null;
      this.reportEveryMs = reply.reportEveryMs;
      if (!this.isDelivering) log.info("telemetry delivered again");
      this.isDelivering = true;
    } catch (error) {
      if (this.isDelivering) log.warn({ reason: errorMessage(error) }, "telemetry waits for the portal");
      this.isDelivering = false;
      this.reportEveryMs = retryMs;
    }
  }

  private nextBatch(): TelemetryBatch {
    const { sessions, status, maxSessionsPerBatch = defaultMaxSessions } = this.options;
    const ended: SessionReport[] = sessions.takeEnded(maxSessionsPerBatch);
    const running = this.takeTurns(sessions.sessions(), maxSessionsPerBatch - ended.length);
    this.sequence += 1;
    return {
      epoch: this.epoch,
      sequence: this.sequence,
      at: new Date().toISOString(),
      node: status(),
      totals: sessions.totals(),
      sessions: [...ended, ...running.map((session) => session.report())],
    };
  }
  /** All of them where there is room, otherwise those whose turn it is. */
  private takeTurns(running: Session[], room: number): Session[] {
    if (running.length <= room) return running;
    const from = this.nextRunning % running.length;
    this.nextRunning = from + room;
    return [...running.slice(from), ...running.slice(0, from)].slice(0, room);
  }
}
