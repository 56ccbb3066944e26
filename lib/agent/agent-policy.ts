import { policyEventSchema } from "@/lib/contracts/policy";
import { type CompiledPolicy, compilePolicy } from "@/lib/policy";
import { followEventStream } from "@/lib/shared/event-stream";
import type { Log } from "@/lib/shared/log";

/** The white-lists in force on this device, followed from the portal; null until the first snapshot. */
export class AgentPolicy {
  current: CompiledPolicy | null = null;
  private readonly stopStream: () => Promise<void>;

  constructor(options: { portalUrl: string; deviceId: string; secret: string; log: Log }) {
    this.stopStream = followEventStream({
      url: `${options.portalUrl}/api/agents/policy`,
      headers: { authorization: `Bearer ${options.deviceId}.${options.secret}` },
      onEvent: (event) => {
        const parsed = policyEventSchema.parse(JSON.parse(event.data));
        if (parsed.type !== "snapshot") return;
        this.current = compilePolicy(parsed.snapshot);
        options.log.info({ version: parsed.snapshot.version }, "white-lists in force");
      },
      onState: (isConnected, reason) => options.log.info({ isConnected, reason }, "policy stream"),
    });
  }

  stop(): Promise<void> {
    return this.stopStream();
  }
}
