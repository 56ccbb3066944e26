import type { AuditFilter, AuditList } from "@/lib/contracts/audit";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { requireRole, type StaffActor } from "./actor";
import { asAuditEntries, auditRoles, auditWhere } from "./audit-rows";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";

type AuditQuery = AuditFilter & { cursor?: string | undefined; limit: number };

function before(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { id } = decodeCursor(cursor);
  if (!/^\d{1,18}$/.test(id))
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { id: { lt: BigInt(id) } };
}

/** What was done, newest first. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listAudit(staff: StaffActor, { cursor, limit, ...filter }: AuditQuery): Promise<AuditList> {
  requireRole(staff, auditRoles);
  const rows = await getDatabase().auditEntry.findMany({
    where: { AND: [await auditWhere(filter), before(cursor)] },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const page = cutPage(
    rows,
    limit,
    (row) => row,
    ({ at, id }) => encodeCursor(at, id.toString()),
  );
  return { items: await asAuditEntries(page.items), nextCursor: page.nextCursor };
}
