import { type SupportSnapshot, supportCaseSchema } from "@/lib/contracts/support";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberReaders } from "./actor";
import { identifiersFor } from "./identifiers";
import { removeOldSnapshots, requireSnapshot } from "./snapshot-store";
import { staffNames } from "./staff-names";

/** Who may take a snapshot back: its maker, and administrators. */
export function mayRevoke(staff: StaffActor, { madeBy }: { madeBy: string }): boolean {
  return staff.role === "admin" || staff.id === madeBy;
}

/**
 * A snapshot as it was made; each opening is kept in the audit log. Numbers are as the reader may see them now.
 *
 * Errors: AppError AUTH_FORBIDDEN, SNAPSHOT_UNKNOWN, SNAPSHOT_EXPIRED, SNAPSHOT_REVOKED.
 */
export async function openSnapshot(staff: StaffActor, token: string, now = new Date()): Promise<SupportSnapshot> {
  requireRole(staff, subscriberReaders);
  const row = await getDatabase().$transaction(async (transaction) => {
    await removeOldSnapshots(transaction, now);
    const found = await requireSnapshot(transaction, token, now);
    const { id, subscriberId } = found;
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "support.snapshot-open",
      target: `snapshot:${id}`,
      after: { subscriberId },
    });
    return found;
  });
  const maker = `staff:${row.madeBy}`;
  const [identifiers, nameOf] = await Promise.all([identifiersFor(staff), staffNames([maker])]);
  const shown = identifiers.ofCase(supportCaseSchema.parse(row.content));
  return {
    madeAt: row.madeAt.toISOString(),
    madeBy: nameOf(maker),
    expiresAt: row.expiresAt.toISOString(),
    mayRevoke: mayRevoke(staff, row),
    isMasked: !identifiers.sees(row.subscriberId),
    shown,
  };
}
