import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { newSecret, sha256Hex } from "@/lib/shared/ids";

const deviceId = "demo-ue";
/** A number from the range that ITU-T E.164 keeps for trials, so that it is nobody's. */
const msisdn = "99999000001";

/**
 * The testbed's subscriber with its one device, in the given service class. The device gets a new secret at each call
 * and nodes are told to forget the old one.
 */
export async function ensureDemoSubscriber({
  classId,
}: {
  classId: string;
}): Promise<{ deviceId: string; secret: string }> {
  const secret = newSecret();
  const secretSha256 = sha256Hex(secret);
  await getDatabase().$transaction(async (transaction) => {
    const subscriber = await transaction.subscriber.upsert({
      where: { msisdn },
      create: { id: randomUUID(), msisdn, state: "active", serviceClassId: classId },
      update: { state: "active", serviceClassId: classId },
    });
    await transaction.device.upsert({
      where: { id: deviceId },
      create: { id: deviceId, subscriberId: subscriber.id, secretSha256 },
      update: { secretSha256, revokedAt: null },
    });
    const after = { subscriberId: subscriber.id, serviceClassId: classId };
    await appendAudit(transaction, { actor: "system", action: "device.enrol", target: `device:${deviceId}`, after });
    await notifyDatabase(transaction, { type: "revoke", deviceIds: [deviceId] });
  });
  return { deviceId, secret };
}
