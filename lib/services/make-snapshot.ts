import { randomUUID } from "node:crypto";
import type { MadeSnapshot, MakeSnapshot } from "@/lib/contracts/support";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { auditName, requireRole, type StaffActor, subscriberReaders } from "./actor";
import { openSeal } from "./seal-case";
import { removeOldSnapshots } from "./snapshot-store";

const dayMs = 24 * 3_600_000;

/**
 * Keep what a look-up showed. The link's token is told once; its hash is stored.
 *
 * Errors: AppError AUTH_FORBIDDEN, SNAPSHOT_NOT_SHOWN.
 */
export async function makeSnapshot(
  staff: StaffActor,
  { shown, days }: MakeSnapshot,
  now = new Date(),
): Promise<MadeSnapshot> {
  requireRole(staff, subscriberReaders);
  const content = openSeal(staff, shown);
  const id = randomUUID();
  const token = newSecret();
  const expiresAt = new Date(now.getTime() + days * dayMs);
  const subscriberId = content.subscriber.id;
  await getDatabase().$transaction(async (transaction) => {
    await removeOldSnapshots(transaction, now);
    const data = { id, tokenHash: sha256Hex(token), subscriberId, content, madeAt: now, madeBy: staff.id, expiresAt };
    await transaction.supportSnapshot.create({ data });
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "support.snapshot",
      target: `snapshot:${id}`,
      after: { subscriberId, expiresAt },
      reason: content.purpose,
    });
  });
  return { token, expiresAt: expiresAt.toISOString() };
}
