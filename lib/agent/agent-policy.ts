import { type PolicySnapshot, policyEventSchema } from "@/lib/contracts/policy";
import { type CompiledPolicy, compilePolicy } from "@/lib/policy";
import { errorMessage } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";
import type { Log } from "@/lib/shared/log";

/**
 * The white-lists in force on this device, followed from the portal; null until the first snapshot. One that cannot be
 * compiled leaves those before in force.
 */
export class AgentPolicy {
  current: CompiledPolicy | null = null;
  private readonly stopStream: () => Promise<void>;

  constructor(private readonly options: { portalUrl: string; deviceId: string; secret: string; log: Log }) {
    this.stopStream = followEventStream({
      url: `${options.portalUrl}/api/agents/policy`,
      headers: { authorization: `Bearer ${options.deviceId}.${options.secret}` },
      onEvent: (event) => {
        const parsed = policyEventSchema.parse(JSON.parse(event.data));
        if (parsed.type === "snapshot") this.use(parsed.snapshot);
      },
      onState: (isConnected, reason) => options.log.info({ isConnected, reason }, "policy stream"),
    });
  }

  stop(): Promise<void> {
    return this.stopStream();
  }

  private use(snapshot: PolicySnapshot): void {
    const { log } = this.options;
    const { version } = snapshot;
    try {
      this.current = compilePolicy(snapshot);
      log.info({ version }, "white-lists in force");
    } catch (error) {
      log.error({ version, reason: errorMessage(error) }, "white-lists unfit: those before stay in force");
    }
  }
}
