import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { RateLimitId } from "@/lib/mptcp/face";
import { bytesPerSecondOfKbps } from "@/lib/shared/units";
import type { AgentPolicy } from "./agent-policy";

/** The only limit of the agent's relay engine. */
const limit: RateLimitId = 1;

export type UploadCapOptions = {
  server: Pick<ConnectionServer, "setRateLimit">;
  policy: Pick<AgentPolicy, "serviceClass" | "onChange">;
};

/**
 * Sends to the proxy no faster than the class's total cap lets through. The proxy holds the cap in any case, by reading no
 * faster; a sender that does not know of it fills the proxy's receive buffers first, over both paths and at their rate.
 */
export class UploadCap {
  private readonly stopPolicy: () => void;
  private rateKbps: number | null = null;

  constructor(private readonly options: UploadCapOptions) {
    this.set(null);
    this.stopPolicy = options.policy.onChange(() => this.followClass());
    this.followClass();
  }

  /** This connection has reached the proxy. */
  begin(connection: Pick<Connection, "limit">): void {
    connection.limit(limit);
  }

  /** It goes elsewhere from now on. */
  end(connection: Pick<Connection, "limit">): void {
    connection.limit(null);
  }

  stop(): void {
    this.stopPolicy();
  }

  private followClass(): void {
    const rateKbps = this.options.policy.serviceClass()?.totalRateKbps ?? null;
    if (rateKbps !== this.rateKbps) this.set(rateKbps);
  }

  private set(rateKbps: number | null): void {
    this.rateKbps = rateKbps;
    const uploadBytesPerSecond = rateKbps === null ? null : bytesPerSecondOfKbps(rateKbps);
    this.options.server.setRateLimit(limit, { uploadBytesPerSecond, downloadBytesPerSecond: null });
  }
}
