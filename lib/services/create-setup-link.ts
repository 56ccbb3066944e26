import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { newSecret, sha256Hex } from "@/lib/shared/ids";

const lifetimeMs = 3_600_000;

export type SetupLink = { token: string; expiresAt: Date };

/**
 * Make the one-time link of the first run; older links become void. Only its hash is stored: the token is shown once.
 *
 * @returns null when there is an account already
 */
export async function createSetupLink(): Promise<SetupLink | null> {
  return getDatabase().$transaction(async (transaction) => {
    if ((await transaction.staff.count()) > 0) return null;
    const token = newSecret();
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await transaction.setupLink.deleteMany({ where: { usedAt: null } });
    await transaction.setupLink.create({ data: { id, tokenHash: sha256Hex(token), expiresAt } });
    await appendAudit(transaction, {
      actor: "system",
      action: "setup.link",
      target: `setup:${id}`,
      after: { expiresAt },
    });
    return { token, expiresAt };
  });
}
