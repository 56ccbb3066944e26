import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { alertRoles } from "./alert-rules";

/** Say that somebody looks after an alert; the first one to say so is kept. Errors: AppError AUTH_FORBIDDEN, ALERT_UNKNOWN. */
export async function acknowledgeAlert(staff: StaffActor, id: string): Promise<null> {
  requireRole(staff, alertRoles);
  return getDatabase().$transaction(async (transaction) => {
    const acknowledgedBy = auditName(staff);
    const where = { id: BigInt(id), firedAt: { not: null }, acknowledgedAt: null };
    const { count } = await transaction.alert.updateMany({
      where,
      data: { acknowledgedAt: new Date(), acknowledgedBy },
    });
    const alert = await transaction.alert.findUnique({ where: { id: BigInt(id) } });
    if (alert === null || alert.firedAt === null)
      throw new AppError("ALERT_UNKNOWN", "There is no alert of this number. Look at the list again.");
    if (count === 0) return null;
    const { kind, subject, detail } = alert;
    const audit = { actor: acknowledgedBy, action: "alert.acknowledge", target: `alert:${id}` };
    await appendAudit(transaction, { ...audit, after: { kind, subject, detail } });
    return null;
  });
}
