import type { Entitlement } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";

/** How long a node may keep the answer without asking again; the policy stream revokes it sooner. */
const lifetimeMs = 3_600_000;

/** What a device may do. Errors: AppError DEVICE_UNKNOWN, also for a revoked device. */
export async function getEntitlement(deviceId: string): Promise<Entitlement> {
  const device = await getDatabase().device.findUnique({ where: { id: deviceId }, include: { subscriber: true } });
  if (device === null || device.revokedAt !== null)
    throw new AppError("DEVICE_UNKNOWN", "No device has this id, or it was revoked.");
  return {
    deviceId: device.id,
    subscriberId: device.subscriberId,
    state: device.subscriber.state,
    serviceClassId: device.subscriber.serviceClassId,
    secretSha256: device.secretSha256,
    expiresAt: new Date(Date.now() + lifetimeMs).toISOString(),
  };
}
