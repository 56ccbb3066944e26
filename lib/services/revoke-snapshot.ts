import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor, subscriberReaders } from "./actor";
import { mayRevoke } from "./open-snapshot";
import { requireSnapshot } from "./snapshot-store";

/**
 * Take a snapshot back: its link shows nothing from now on.
 *
 * Errors: AppError AUTH_FORBIDDEN for another's snapshot, SNAPSHOT_UNKNOWN, SNAPSHOT_EXPIRED, SNAPSHOT_REVOKED.
 */
export async function revokeSnapshot(staff: StaffActor, token: string, now = new Date()): Promise<null> {
  requireRole(staff, subscriberReaders);
  return getDatabase().$transaction(async (transaction) => {
    const { id, madeBy, subscriberId } = await requireSnapshot(transaction, token, now);
    if (!mayRevoke(staff, { madeBy }))
      throw new AppError("AUTH_FORBIDDEN", "Only who made a snapshot, or an administrator, can take it back.");
    await transaction.supportSnapshot.update({ where: { id }, data: { revokedAt: now } });
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "support.snapshot-revoke",
      target: `snapshot:${id}`,
      after: { subscriberId },
    });
    return null;
  });
}
