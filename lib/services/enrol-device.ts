import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { holdPolicyIds, requirePolicyIds } from "./policy-ids";
import { revokeEntitlements } from "./revoke-entitlements";

export type DeviceEnrolment = {
  deviceId: string;
  /** E.164 digits without "+". */
  msisdn: string;
  /** For a subscriber that is made now; one that is known keeps its class and state. */
  serviceClassId: string;
};

/**
 * Enrol a device, making an active subscriber where there is none of that number. A device that was enrolled before
 * gets a new secret and nodes are told to forget the old one.
 *
 * @returns the secret, shown once
 * Errors: FieldsRefused REQUEST_INVALID for a new subscriber's class that the policy does not have.
 */
export async function enrolDevice(enrolment: DeviceEnrolment): Promise<{ deviceId: string; secret: string }> {
  const { deviceId, msisdn, serviceClassId } = enrolment;
  const secret = newSecret();
  const secretSha256 = sha256Hex(secret);
  await getDatabase().$transaction(async (transaction) => {
    const known = await holdPolicyIds(transaction);
    const before = await transaction.subscriber.findUnique({ where: { msisdn } });
    if (before === null) requirePolicyIds(known, { serviceClassId });
    const subscriber = await transaction.subscriber.upsert({
      where: { msisdn },
      create: { id: randomUUID(), msisdn, state: "active", serviceClassId },
      update: {},
    });
    const credential = { subscriberId: subscriber.id, secretSha256, secretChangedAt: new Date(), revokedAt: null };
    await transaction.device.upsert({
      where: { id: deviceId },
      create: { id: deviceId, ...credential },
      update: credential,
    });
    const after = { subscriberId: subscriber.id, serviceClassId: subscriber.serviceClassId };
    await appendAudit(transaction, { actor: "system", action: "device.enrol", target: `device:${deviceId}`, after });
    await revokeEntitlements(transaction, [deviceId]);
  });
  return { deviceId, secret };
}
