import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { newSecret, sha256Hex } from "@/lib/shared/ids";

export type DeviceEnrolment = {
  deviceId: string;
  /** E.164 digits without "+". */
  msisdn: string;
  serviceClassId: string;
};

/**
 * Enrol a device of an active subscriber, making the subscriber where there is none of that number. A device that was
 * enrolled before gets a new secret and nodes are told to forget the old one.
 *
 * @returns the secret, shown once
 */
export async function enrolDevice(enrolment: DeviceEnrolment): Promise<{ deviceId: string; secret: string }> {
  const { deviceId, msisdn, serviceClassId } = enrolment;
  const secret = newSecret();
  const secretSha256 = sha256Hex(secret);
  await getDatabase().$transaction(async (transaction) => {
    const subscriber = await transaction.subscriber.upsert({
      where: { msisdn },
      create: { id: randomUUID(), msisdn, state: "active", serviceClassId },
      update: { state: "active", serviceClassId },
    });
    await transaction.device.upsert({
      where: { id: deviceId },
      create: { id: deviceId, subscriberId: subscriber.id, secretSha256 },
      update: { subscriberId: subscriber.id, secretSha256, revokedAt: null },
    });
    const after = { subscriberId: subscriber.id, serviceClassId };
    await appendAudit(transaction, { actor: "system", action: "device.enrol", target: `device:${deviceId}`, after });
    await notifyDatabase(transaction, { type: "revoke", deviceIds: [deviceId] });
  });
  return { deviceId, secret };
}
