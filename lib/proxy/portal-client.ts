import { type Entitlement, entitlementSchema, type PolicyEvent, policyEventSchema } from "@/lib/contracts/policy";
import { type TelemetryBatch, type TelemetryReply, telemetryReplySchema } from "@/lib/contracts/telemetry";
import { AppError } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";

const requestTimeoutMs = 5000;

/** The three calls a node makes to the portal. Errors: AppError PORTAL_UNREACHABLE, PORTAL_REFUSED. */
export class PortalClient {
  constructor(
    private readonly portalUrl: string,
    private readonly credential: string,
  ) {}

  /** Follow the policy stream; returns stop. */
  followPolicy(
    onEvent: (event: PolicyEvent) => void,
    onState: (isConnected: boolean, reason: string | null) => void,
  ): () => Promise<void> {
    return followEventStream({
      url: `${this.portalUrl}/api/nodes/policy`,
      headers: this.headers(),
      onEvent: (event) => onEvent(policyEventSchema.parse(JSON.parse(event.data))),
      onState,
    });
  }

  /** Null: the portal knows no such device. */
  async entitlement(deviceId: string): Promise<Entitlement | null> {
    const response = await this.request(`/api/nodes/entitlements/${encodeURIComponent(deviceId)}`);
    if (response.status === 404) return null;
    return entitlementSchema.parse(await this.json(response));
  }

  async report(batch: TelemetryBatch): Promise<TelemetryReply> {
    const response = await this.request("/api/nodes/telemetry", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(batch),
    });
    return telemetryReplySchema.parse(await this.json(response));
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.credential}` };
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const url = `${this.portalUrl}${path}`;
    const headers = { ...init.headers, ...this.headers() };
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.timeout(requestTimeoutMs) });
    } catch (cause) {
      throw new AppError("PORTAL_UNREACHABLE", `The portal does not answer at ${url}; trying again.`, { cause });
    }
  }

  private async json(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok)
      throw new AppError("PORTAL_REFUSED", `The portal answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }
}
