import type { DeviceCredential } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { lockDevice } from "./lock-device";
import { revokeEntitlements } from "./revoke-entitlements";

/**
 * Give a device a new secret; the old one stops at once.
 *
 * @returns the secret, shown once
 * Errors: AppError AUTH_FORBIDDEN, DEVICE_UNKNOWN, DEVICE_REVOKED.
 */
export async function rotateDevice(staff: StaffActor, deviceId: string): Promise<DeviceCredential> {
  requireRole(staff, subscriberWriters);
  const secret = newSecret();
  await getDatabase().$transaction(async (transaction) => {
    const { revokedAt } = await lockDevice(transaction, deviceId);
    if (revokedAt !== null)
      throw new AppError("DEVICE_REVOKED", "This device was revoked. Enrol it anew with an enrolment code.");
    const data = { secretSha256: sha256Hex(secret), secretChangedAt: new Date() };
    await transaction.device.update({ where: { id: deviceId }, data });
    const audit = { actor: auditName(staff), action: "device.rotate", target: `device:${deviceId}` };
    await appendAudit(transaction, audit);
    await revokeEntitlements(transaction, [deviceId]);
  });
  return { deviceId, secret };
}
