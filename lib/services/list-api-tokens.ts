import type { ApiTokenList } from "@/lib/contracts/api-tokens";
import { getDatabase } from "@/lib/db/client";
import { requireRole, type StaffActor } from "./actor";
import { asApiToken, tokenRoles } from "./api-token-row";
import { afterCursor, cutPage, encodeCursor } from "./page-cursor";

/** Tokens of all accounts, newest first. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listApiTokens(
  staff: StaffActor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<ApiTokenList> {
  requireRole(staff, tokenRoles);
  const rows = await getDatabase().apiToken.findMany({
    where: afterCursor(cursor),
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: { staff: { select: { name: true } } },
  });
  return cutPage(rows, limit, asApiToken, ({ createdAt, id }) => encodeCursor(createdAt, id));
}
