import { randomUUID } from "node:crypto";
import type { ApiTokenInput, NewApiToken } from "@/lib/contracts/api-tokens";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { auditName, requireRole, type StaffActor } from "./actor";
import { asApiToken, tokenRoles } from "./api-token-row";

const dayMs = 24 * 3_600_000;

/** A token with which a program acts in one's own name. The secret is shown once. Errors: AppError AUTH_FORBIDDEN. */
export async function createApiToken(staff: StaffActor, input: ApiTokenInput): Promise<NewApiToken> {
  requireRole(staff, tokenRoles);
  const id = randomUUID();
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + input.validDays * dayMs);
  const content = { name: input.name, scopes: [...new Set(input.scopes)], expiresAt };
  return getDatabase().$transaction(async (transaction) => {
    const row = await transaction.apiToken.create({
      data: { id, staffId: staff.id, secretSha256: sha256Hex(secret), ...content },
      include: { staff: { select: { name: true } } },
    });
    const actor = auditName(staff);
    await appendAudit(transaction, { actor, action: "token.create", target: `token:${id}`, after: content });
    return { token: asApiToken(row), secret: `${id}.${secret}` };
  });
}
