import type { Device } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { asDevice } from "./device-row";
import { lockDevice } from "./lock-device";
import { revokeEntitlements } from "./revoke-entitlements";

/**
 * Let a device in no more, for good; its running sessions end. One that is revoked already stays as it is.
 * Errors: AppError AUTH_FORBIDDEN, DEVICE_UNKNOWN.
 */
export async function revokeDevice(
  staff: StaffActor,
  { deviceId, reason }: { deviceId: string; reason: string },
): Promise<Device> {
  requireRole(staff, subscriberWriters);
  return getDatabase().$transaction(async (transaction) => {
    const before = await lockDevice(transaction, deviceId);
    if (before.revokedAt !== null) return asDevice(before);
    const revokedAt = new Date();
    await transaction.device.update({ where: { id: deviceId }, data: { revokedAt } });
    const audit = { actor: auditName(staff), action: "device.revoke", target: `device:${deviceId}` };
    await appendAudit(transaction, { ...audit, after: { revokedAt, subscriberId: before.subscriberId }, reason });
    await revokeEntitlements(transaction, [deviceId]);
    return asDevice({ ...before, revokedAt });
  });
}
