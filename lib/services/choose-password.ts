import type { Me } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { hashPassword, requireGoodPassword } from "./password";
import { endStaffSessions } from "./staff-sessions";

/** Whose one-time link this is; null for one that is unknown, used, expired, or of a disabled account. */
export async function findLinkOwner(token: string): Promise<Me | null> {
  const link = await getDatabase().staffLink.findUnique({
    where: { tokenHash: sha256Hex(token), usedAt: null, expiresAt: { gt: new Date() } },
    include: { staff: true },
  });
  if (link === null || link.staff.disabledAt !== null) return null;
  const { id, name, email, role, language } = link.staff;
  return { id, name, email, role, language };
}

/**
 * Set an account's password with its one-time link. Works once, and ends every sign-in that the account has.
 * Errors: AppError STAFF_LINK_INVALID, PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON.
 */
export async function choosePassword({ token, password }: { token: string; password: string }): Promise<Me> {
  const invalid = () =>
    new AppError("STAFF_LINK_INVALID", "This link is not valid any more. Ask an administrator for a new one.");
  const owner = await findLinkOwner(token);
  if (owner === null) throw invalid();
  requireGoodPassword(password, owner);
  const passwordHash = await hashPassword(password);
  await getDatabase().$transaction(async (transaction) => {
    const known = { id: owner.id, disabledAt: null };
    const { count } = await transaction.staff.updateMany({ where: known, data: { passwordHash } });
    const used = await transaction.staffLink.updateMany({
      where: { tokenHash: sha256Hex(token), usedAt: null, expiresAt: { gt: new Date() } },
      data: { usedAt: new Date() },
    });
    if (used.count === 0 || count === 0) throw invalid();
    const actor = `staff:${owner.id}`;
    await endStaffSessions(transaction, { staffId: owner.id }, actor);
    await appendAudit(transaction, { actor, action: "staff.choose-password", target: actor });
  });
  return owner;
}
