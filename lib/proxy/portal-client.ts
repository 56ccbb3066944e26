import * as z from "zod";
import { type NodeCredential as IssuedCredential, nodeCredentialSchema } from "@/lib/contracts/nodes";
import {
  type Entitlement,
  entitlementSchema,
  type PolicyAck,
  type PolicyEvent,
  policyEventSchema,
} from "@/lib/contracts/policy";
import { type TelemetryBatch, type TelemetryReply, telemetryReplySchema } from "@/lib/contracts/telemetry";
import { AppError } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";
import { batchText } from "./batch-text";
import type { NodeCredential } from "./node-credential";

const requestTimeoutMs = 5000;

/** Where an event of the policy stream names the version that it brings. */
const versionedSchema = z.object({ version: z.int().min(1) });
const bringingSchema = z.object({
  snapshot: versionedSchema.optional(),
  delta: versionedSchema.optional(),
  canary: z.object({ snapshot: versionedSchema }).nullish(),
});

function versionBroughtBy(event: unknown): number | null {
  const { snapshot, delta, canary } = bringingSchema.safeParse(event).data ?? {};
  return (snapshot ?? delta ?? canary?.snapshot)?.version ?? null;
}

/** Answers of a portal that may answer otherwise later: signed out, behind a wrong route, overloaded. */
const passing: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429]);

/** The portal's refusal; AppError PORTAL_REFUSED. */
export class PortalRefusal extends AppError {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super("PORTAL_REFUSED", `The portal answered ${status}: ${text.slice(0, 300)}`);
  }
}

/** Whether the message itself is what is wrong: however often it is sent, it is not taken. */
export function isRefusedForGood(error: unknown): error is PortalRefusal {
  return error instanceof PortalRefusal && error.status >= 400 && error.status < 500 && !passing.has(error.status);
}

/** The calls a node makes to the portal. Errors: AppError PORTAL_UNREACHABLE, PortalRefusal (PORTAL_REFUSED). */
export class PortalClient {
  constructor(
    private readonly portalUrl: string,
    private readonly credential: Pick<NodeCredential, "current" | "reload">,
  ) {}

  /** Follow the policy stream; returns stop. */
  followPolicy(follower: {
    lastEventId: () => string | null;
    onEvent: (event: PolicyEvent) => void;
    /** An event of a portal that says what this node does not know; `version`: of the policy that it brings, if any. */
    onUnreadable: (version: number | null, reason: string) => void;
    onState: (isConnected: boolean, reason: string | null) => void;
  }): () => Promise<void> {
    return followEventStream({
      url: `${this.portalUrl}/api/nodes/policy`,
      headers: () => {
        this.credential.reload();
        return this.headers();
      },
      lastEventId: follower.lastEventId,
      onEvent: ({ data }) => {
        const event: unknown = JSON.parse(data);
        const read = policyEventSchema.safeParse(event);
        if (read.success) follower.onEvent(read.data);
        else follower.onUnreadable(versionBroughtBy(event), z.prettifyError(read.error));
      },
      onState: follower.onState,
    });
  }

  /** Null: the portal knows no such device. */
  async entitlement(deviceId: string): Promise<Entitlement | null> {
    const response = await this.request(`/api/nodes/entitlements/${encodeURIComponent(deviceId)}`);
    if (response.status === 404) return null;
    return entitlementSchema.parse(await this.json(response));
  }

  async report(batch: TelemetryBatch): Promise<TelemetryReply> {
    return telemetryReplySchema.parse(await this.json(await this.post("/api/nodes/telemetry", batchText(batch))));
  }

  /** Say that a policy version was taken or refused. */
  async acknowledge(ack: PolicyAck): Promise<void> {
    const response = await this.post("/api/nodes/policy-acks", JSON.stringify(ack));
    if (!response.ok) throw new PortalRefusal(response.status, await response.text());
  }

  /** Another credential; the one of this call holds until the new one is used. */
  async newCredential(): Promise<IssuedCredential> {
    return nodeCredentialSchema.parse(await this.json(await this.post("/api/nodes/credential", "{}")));
  }

  private post(path: string, body: string): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.request(path, { method: "POST", headers, body });
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.credential.current}` };
  }

  /** A credential that another process of this node changed is taken, once. */
  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.send(path, init);
    if (response.status !== 401 || !this.credential.reload()) return response;
    await response.body?.cancel();
    return this.send(path, init);
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
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
    if (!response.ok) throw new PortalRefusal(response.status, text);
    return JSON.parse(text);
  }
}
