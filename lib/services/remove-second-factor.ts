import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { requireSecondFactor } from "./second-factor";
import { countTry } from "./sign-in-throttle";
import { lockStaff, staffRoles } from "./staff-account";

/** Take an account's second factor away. `actor` as the audit log writes it. Errors: AppError STAFF_UNKNOWN, SECOND_FACTOR_OFF. */
export async function takeSecondFactorAway(
  who: { id: string } | { email: string },
  actor: string,
  reason?: string,
): Promise<null> {
  await getDatabase().$transaction(async (transaction) => {
    const { id: staffId, email } = await lockStaff(transaction, who);
    const { count } = await transaction.secondFactor.deleteMany({ where: { staffId } });
    if (count === 0) throw new AppError("SECOND_FACTOR_OFF", `The account of ${email} has no second factor.`);
    await transaction.recoveryCode.deleteMany({ where: { staffId } });
    const audit = { actor, action: "second-factor.off", target: `staff:${staffId}` };
    await appendAudit(transaction, reason === undefined ? audit : { ...audit, reason });
  });
  return null;
}

/**
 * Turn one's own second factor off, with a code of it or a recovery code.
 * Errors: AppError SIGN_IN_THROTTLED, SECOND_FACTOR_REFUSED, SECOND_FACTOR_UNREADABLE.
 */
export async function removeOwnSecondFactor(
  staff: StaffActor,
  { code, source }: { code: string; source: string },
): Promise<null> {
  const counted = await countTry(staff.email, source);
  await requireSecondFactor(staff.id, code);
  await counted.forgetAll();
  return takeSecondFactorAway({ id: staff.id }, auditName(staff));
}

/** Turn somebody's second factor off: the device and the recovery codes are lost. Errors: AppError AUTH_FORBIDDEN, STAFF_UNKNOWN, SECOND_FACTOR_OFF. */
export async function removeSecondFactor(
  staff: StaffActor,
  { staffId, reason }: { staffId: string; reason: string },
): Promise<null> {
  requireRole(staff, staffRoles);
  return takeSecondFactorAway({ id: staffId }, auditName(staff), reason);
}
