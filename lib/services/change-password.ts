import { say } from "@/lib/contracts/sentences";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, type StaffActor } from "./actor";
import { FieldsRefused } from "./fields-refused";
import { hashPassword, isPasswordOf, requireGoodPassword } from "./password";
import { countTry } from "./sign-in-throttle";
import { endStaffSessions } from "./staff-sessions";

/**
 * Somebody shows their password again, before what only they may do; wrong ones are slowed down as at sign-in.
 *
 * @param field of the form that gave it
 * Errors: AppError SIGN_IN_THROTTLED; FieldsRefused PASSWORD_WRONG.
 */
export async function requireOwnPassword(
  staff: StaffActor,
  { password, source, field }: { password: string; source: string; field: string },
): Promise<void> {
  const counted = await countTry(staff.email, source);
  const row = await getDatabase().staff.findUnique({ where: { id: staff.id }, select: { passwordHash: true } });
  if (!(await isPasswordOf(row?.passwordHash ?? null, password)))
    throw new FieldsRefused("PASSWORD_WRONG", { [field]: say("notYourPassword") });
  await counted.forgetAll();
}

/**
 * Change one's own password; all other sign-ins of the account end.
 * Errors: AppError SIGN_IN_THROTTLED, PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON; FieldsRefused PASSWORD_WRONG.
 */
export async function changePassword(
  staff: StaffActor,
  input: { currentPassword: string; password: string; source: string },
): Promise<null> {
  requireGoodPassword(input.password, staff);
  const { currentPassword, source } = input;
  await requireOwnPassword(staff, { password: currentPassword, source, field: "currentPassword" });
  const passwordHash = await hashPassword(input.password);
  await getDatabase().$transaction(async (transaction) => {
    await transaction.staff.update({ where: { id: staff.id }, data: { passwordHash } });
    await transaction.staffLink.deleteMany({ where: { staffId: staff.id, usedAt: null } });
    const actor = auditName(staff);
    await endStaffSessions(transaction, { staffId: staff.id, exceptId: staff.sessionId }, actor);
    await appendAudit(transaction, { actor, action: "staff.change-password", target: `staff:${staff.id}` });
  });
  return null;
}
