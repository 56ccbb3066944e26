import { randomUUID } from "node:crypto";
import { PortalClient } from "@/lib/proxy/portal-client";
import { sleep } from "@/lib/shared/sleep";
import { telemetryBatch } from "./telemetry";

/** A request to the portal: when it began (performance.now), and of which kind. */
export type NodeRequest = { atMs: number; kind: "stream" | "telemetry" | "ack" };

/**
 * A proxy node as the portal sees it, without a proxy: the node's own client of the portal follows the policy,
 * acknowledges it and reports once a second, or as often as the portal asks.
 */
export class LightNode {
  readonly requests: NodeRequest[] = [];
  /** When each version came (performance.now). */
  readonly versions = new Map<number, number>();
  isConnected = false;
  connectedAtMs = 0;
  failedReports = 0;
  private readonly stopping = new AbortController();
  private readonly client: PortalClient;
  private readonly stopStream: () => Promise<void>;
  private readonly reporting: Promise<void>;
  private version = 0;

  constructor(portalUrl: string, credential: string) {
    // The client looks for another credential before each connection of its stream.
    const reload = (): boolean => {
      this.note("stream");
      return false;
    };
    this.client = new PortalClient(portalUrl, { current: credential, reload });
    this.stopStream = this.client.followPolicy({
      lastEventId: () => (this.version === 0 ? null : String(this.version)),
      onEvent: (event) => {
        if (event.type === "snapshot") this.take(event.snapshot.version);
        else if (event.type === "delta") this.take(event.delta.version);
      },
      onUnreadable: (_version, reason) => {
        throw new Error(reason);
      },
      onState: (isConnected) => {
        this.isConnected = isConnected;
        if (isConnected) this.connectedAtMs = performance.now();
      },
    });
    this.reporting = this.report();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.stopStream(), this.reporting]);
  }

  private note(kind: NodeRequest["kind"]): void {
    this.requests.push({ atMs: performance.now(), kind });
  }

  private take(version: number): void {
    if (!this.versions.has(version)) this.versions.set(version, performance.now());
    this.version = version;
    this.note("ack");
    this.client.acknowledge({ version, isApplied: true, reason: null }).catch(() => {});
  }

  private async report(): Promise<void> {
    const { signal } = this.stopping;
    const epoch = randomUUID();
    let everyMs = 1000;
    await sleep(everyMs * Math.random(), signal);
    for (let sequence = 1; !signal.aborted; ) {
      this.note("telemetry");
      const batch = telemetryBatch({ epoch, sequence, startedAt: new Date() });
      const reply = await this.client.report(batch).catch(() => null);
      if (reply === null) this.failedReports += 1;
      else {
        everyMs = reply.reportEveryMs;
        sequence += 1;
      }
      await sleep(everyMs, signal);
    }
  }
}
