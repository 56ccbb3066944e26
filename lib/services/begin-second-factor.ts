import { randomBytes } from "node:crypto";
import type { SecondFactorSecret } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";
import { requireOwnPassword } from "./change-password";
import { sealSecret } from "./sealed-secret";
import { toBase32, totpUri } from "./totp";

/** As long as the hash's output. Source: RFC 4226 §4, R6. */
const secretBytes = 20;

/**
 * Make the secret of a second factor for oneself. It is asked for at sign-in only after a code has confirmed it.
 * Errors: AppError SIGN_IN_THROTTLED, SECOND_FACTOR_ON; FieldsRefused PASSWORD_WRONG.
 */
export async function beginSecondFactor(
  staff: StaffActor,
  { password, source }: { password: string; source: string },
): Promise<SecondFactorSecret> {
  await requireOwnPassword(staff, { password, source, field: "password" });
  const secret = randomBytes(secretBytes);
  const sealedSecret = sealSecret(secret, staff.id);
  await getDatabase().$transaction(async (transaction) => {
    const on = { staffId: staff.id, confirmedAt: { not: null } };
    if ((await transaction.secondFactor.count({ where: on })) > 0)
      throw new AppError("SECOND_FACTOR_ON", "Your second factor is on already. Turn it off to set up another one.");
    await transaction.secondFactor.upsert({
      where: { staffId: staff.id },
      create: { staffId: staff.id, sealedSecret },
      update: { sealedSecret, lastStep: 0 },
    });
    const actor = auditName(staff);
    await appendAudit(transaction, { actor, action: "second-factor.begin", target: `staff:${staff.id}` });
  });
  return { secret: toBase32(secret), uri: totpUri(secret, staff.email) };
}
