import { createHmac } from "node:crypto";
import type { SecondFactor } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import type { StaffActor } from "./actor";
import { normaliseReadableCode } from "./readable-code";
import { openSecret } from "./sealed-secret";
import { matchTotp } from "./totp";

/** What the database keeps of a recovery code; the portal's secret is part of it, as the code has few bits. */
export function recoveryCodeHash(staffId: string, code: string): string {
  return createHmac("sha256", requireEnv("NEXTAUTH_SECRET"))
    .update(`recovery ${staffId} ${normaliseReadableCode(code)}`)
    .digest("hex");
}

export async function hasSecondFactor(staffId: string): Promise<boolean> {
  return (await getDatabase().secondFactor.count({ where: { staffId, confirmedAt: { not: null } } })) > 0;
}

/** Whether somebody has a second factor, and how many recovery codes are left. */
export async function getSecondFactor(staff: StaffActor): Promise<SecondFactor> {
  const isOn = await hasSecondFactor(staff.id);
  const recoveryCodesLeft = isOn ? await getDatabase().recoveryCode.count({ where: { staffId: staff.id } }) : 0;
  return { isOn, recoveryCodesLeft };
}

/**
 * Check a time-based code against an account's secret, and use it up: neither it nor an older one works again.
 * Errors: AppError SECOND_FACTOR_UNREADABLE.
 */
export async function spendTotp(
  transaction: Transaction,
  { staffId, isConfirmed, code }: { staffId: string; isConfirmed: boolean; code: string },
): Promise<boolean> {
  const where = { staffId, confirmedAt: isConfirmed ? { not: null } : null };
  const row = await transaction.secondFactor.findFirst({ where });
  if (row === null) return false;
  const step = matchTotp(openSecret(row.sealedSecret, staffId), code, Date.now());
  if (step === null) return false;
  const { count } = await transaction.secondFactor.updateMany({
    where: { ...where, lastStep: { lt: step } },
    data: { lastStep: step },
  });
  return count === 1;
}

async function spendRecoveryCode(transaction: Transaction, staffId: string, code: string): Promise<boolean> {
  const codeHash = recoveryCodeHash(staffId, code);
  const { count } = await transaction.recoveryCode.deleteMany({ where: { staffId, codeHash } });
  if (count === 0) return false;
  const left = await transaction.recoveryCode.count({ where: { staffId } });
  const actor = `staff:${staffId}`;
  await appendAudit(transaction, { actor, action: "second-factor.recovery-code", target: actor, after: { left } });
  return true;
}

/**
 * Check a code of an account's second factor, time-based or for recovery, and use it up.
 * Errors: AppError SECOND_FACTOR_REFUSED for a wrong or used one, SECOND_FACTOR_UNREADABLE.
 */
export async function requireSecondFactor(staffId: string, code: string): Promise<void> {
  const digits = code.replaceAll(/\s/g, "");
  const isUsed = await getDatabase().$transaction((transaction) =>
    /^\d{6}$/.test(digits)
      ? spendTotp(transaction, { staffId, isConfirmed: true, code: digits })
      : spendRecoveryCode(transaction, staffId, code),
  );
  if (!isUsed)
    throw new AppError(
      "SECOND_FACTOR_REFUSED",
      "This code is wrong or was used already. Wait for the next one; each works once.",
    );
}
