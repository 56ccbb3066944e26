import type { ApiToken } from "@/lib/contracts/api-tokens";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { asApiToken, tokenRoles } from "./api-token-row";

/** End a token at once; one that has ended stays as it is. Errors: AppError AUTH_FORBIDDEN, TOKEN_UNKNOWN. */
export async function revokeApiToken(
  staff: StaffActor,
  { id, reason }: { id: string; reason: string },
): Promise<ApiToken> {
  requireRole(staff, tokenRoles);
  return getDatabase().$transaction(async (transaction) => {
    const { count } = await transaction.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    const row = await transaction.apiToken.findUnique({
      where: { id },
      include: { staff: { select: { name: true } } },
    });
    if (row === null) throw new AppError("TOKEN_UNKNOWN", "No token has this id.");
    const audit = { actor: auditName(staff), action: "token.revoke", target: `token:${id}`, reason };
    if (count > 0) await appendAudit(transaction, audit);
    return asApiToken(row);
  });
}
