import type { NodeStatus, SessionReport, TelemetryBatch, TelemetryReply } from "@/lib/contracts/telemetry";
import type { ConnectionSample } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { SessionTable } from "./session-table";

const sampleEveryMs = 1000;
const maxSessionsPerBatch = 5000;

export type ReporterOptions = {
  sessions: SessionTable;
  sample: () => Promise<ConnectionSample[]>;
  status: () => NodeStatus;
  deliver: (batch: TelemetryBatch) => Promise<TelemetryReply>;
  log: Log;
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

  constructor(private readonly options: ReporterOptions) {
    this.running = this.loop();
  }

  /** Take a last sample and try once more to deliver it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.turn();
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const began = Date.now();
      await this.turn();
      await sleep(Math.max(20, this.reportEveryMs - (Date.now() - began)), this.stopping.signal);
    }
  }

  private async turn(): Promise<void> {
    const { sessions, sample, deliver, log } = this.options;
    sessions.takeSamples(await sample());
    this.unsent ??= this.nextBatch();
    try {
      const reply = await deliver(this.unsent);
      this.unsent = null;
      this.reportEveryMs = reply.reportEveryMs;
      if (!this.isDelivering) log.info("telemetry delivered again");
      this.isDelivering = true;
    } catch (error) {
      if (this.isDelivering) log.warn({ reason: errorMessage(error) }, "telemetry waits for the portal");
      this.isDelivering = false;
      this.reportEveryMs = sampleEveryMs;
    }
  }

  private nextBatch(): TelemetryBatch {
    const { sessions, status } = this.options;
    const ended: SessionReport[] = sessions.takeEnded(maxSessionsPerBatch);
    const running = sessions.sessions().slice(0, maxSessionsPerBatch - ended.length);
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
}
