import type { RecoveryCodes } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";
import { newReadableCode } from "./readable-code";
import { recoveryCodeHash, spendTotp } from "./second-factor";
import { countTry } from "./sign-in-throttle";
import { endStaffSessions } from "./staff-sessions";

const recoveryCodeCount = 10;
/** 46 random bits each, of which the portal's secret is part in the database. */
const recoveryCodeLength = 10;

/**
 * Turn one's second factor on with a code of the new secret; sign-ins that were made without it end.
 *
 * @returns the recovery codes, shown once
 * Errors: AppError SIGN_IN_THROTTLED, SECOND_FACTOR_REFUSED, SECOND_FACTOR_UNREADABLE.
 */
export async function confirmSecondFactor(
  staff: StaffActor,
  { code, source }: { code: string; source: string },
): Promise<RecoveryCodes> {
  const counted = await countTry(staff.email, source);
  const staffId = staff.id;
  const recoveryCodes = Array.from({ length: recoveryCodeCount }, () => newReadableCode(recoveryCodeLength));
  await getDatabase().$transaction(async (transaction) => {
    if (!(await spendTotp(transaction, { staffId, isConfirmed: false, code: code.replaceAll(/\s/g, "") })))
      throw new AppError(
        "SECOND_FACTOR_REFUSED",
        "This code does not fit. Check the clock of your device and type the code that it shows now.",
      );
    await transaction.secondFactor.update({ where: { staffId }, data: { confirmedAt: new Date() } });
    await transaction.recoveryCode.deleteMany({ where: { staffId } });
    await transaction.recoveryCode.createMany({
      data: recoveryCodes.map((recoveryCode) => ({ staffId, codeHash: recoveryCodeHash(staffId, recoveryCode) })),
    });
    const actor = auditName(staff);
    await endStaffSessions(transaction, { staffId, exceptId: staff.sessionId }, actor);
    await appendAudit(transaction, { actor, action: "second-factor.on", target: `staff:${staffId}` });
  });
  await counted.forgetAll();
  return { recoveryCodes };
}
