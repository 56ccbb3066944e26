import type { PolicyEvent } from "@/lib/contracts/policy";
import { policyHub } from "./policy-hub";

/** A device is told of its own revocation only: other devices' ids are not its business. */
function forDevice(event: PolicyEvent, deviceId: string): PolicyEvent | null {
  if (event.type !== "revoke" || event.deviceIds === null) return event;
  return event.deviceIds.includes(deviceId) ? { type: "revoke", deviceIds: [deviceId] } : null;
}

/**
 * Send the policy in force and every newer one, and revocations: all of them, or those of one device.
 *
 * @returns stops sending
 * Errors: AppError POLICY_MISSING before the first policy is published.
 */
export async function followPolicy(send: (event: PolicyEvent) => void, deviceId?: string): Promise<() => void> {
  const { first, stop } = await policyHub().follow((event) => {
    const shown = deviceId === undefined ? event : forDevice(event, deviceId);
    if (shown !== null) send(shown);
  });
  send(first);
  return stop;
}
