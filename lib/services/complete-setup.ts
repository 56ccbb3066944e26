import { randomUUID } from "node:crypto";
import type { Me, SetupRequest } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { hashPassword, requireGoodPassword } from "./password";

const isOpen = (token: string) => ({ tokenHash: sha256Hex(token), usedAt: null, expiresAt: { gt: new Date() } });

async function requireNoStaff({ staff }: Pick<Transaction, "staff">): Promise<void> {
  if ((await staff.count()) > 0)
    throw new AppError("SETUP_DONE", "The first account was made already. Sign in with it.");
}

function linkInvalid(): AppError {
  return new AppError(
    "SETUP_LINK_INVALID",
    "This set-up link is not valid any more. Restart twinpath: it prints a new one.",
  );
}

/**
 * Make the first account, an administrator, with the set-up link's token. Works once.
 *
 * Errors: AppError SETUP_DONE when an account exists, SETUP_LINK_INVALID for an unknown, used or expired token,
 * PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON.
 */
export async function completeSetup(input: SetupRequest): Promise<Me> {
  const email = input.email.toLowerCase();
  requireGoodPassword(input.password, { email, name: input.name });
  // A hash is dear, and anybody may ask: first whether there is anything to set up.
  await requireNoStaff(getDatabase());
  if ((await getDatabase().setupLink.count({ where: isOpen(input.token) })) === 0) throw linkInvalid();
  const passwordHash = await hashPassword(input.password);
  return getDatabase().$transaction(async (transaction) => {
    // Two requests with the same link: the second waits here and then sees the account of the first.
    await transaction.$executeRaw`LOCK TABLE staff IN EXCLUSIVE MODE`;
    await requireNoStaff(transaction);
    const used = await transaction.setupLink.updateMany({ where: isOpen(input.token), data: { usedAt: new Date() } });
    if (used.count === 0) throw linkInvalid();
    const staff = { id: randomUUID(), name: input.name, email, role: "admin" as const };
    await transaction.staff.create({ data: { ...staff, passwordHash } });
    await appendAudit(transaction, {
      actor: "system",
      action: "staff.create",
      target: `staff:${staff.id}`,
      after: staff,
    });
    return { ...staff, language: null };
  });
}
