import type { AuditEntry, AuditFilter } from "@/lib/contracts/audit";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor } from "./actor";
import { asAuditEntries, auditRoles, auditWhere } from "./audit-rows";
import { csvLines } from "./csv-cell";

const pageSize = 1000;
const columns = ["id", "at", "actor", "actor_name", "action", "target", "before", "after", "reason", "hash"];

const asText = (value: unknown): string => (value === null ? "" : JSON.stringify(value));

function cellsOf({ id, at, actor, actorName, action, target, before, after, reason, hash }: AuditEntry): string[] {
  return [String(id), at, actor, actorName, action, target, asText(before), asText(after), reason ?? "", hash];
}

/**
 * All entries that the filter finds, oldest first, as parts of a CSV file; one page of them is in memory at a time. Who took
 * which is an entry itself, before the first part. Errors: AppError AUTH_FORBIDDEN.
 */
export async function* exportAudit(staff: StaffActor, filter: AuditFilter): AsyncGenerator<string, void, void> {
  requireRole(staff, auditRoles);
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, { actor: auditName(staff), action: "audit.export", target: "audit", after: filter }),
  );
  const where = await auditWhere(filter);
  yield csvLines([columns]);
  let last = 0n;
  for (;;) {
    const rows = await getDatabase().auditEntry.findMany({
      where: { AND: [where, { id: { gt: last } }] },
      orderBy: { id: "asc" },
      take: pageSize,
    });
    if (rows.length > 0) yield csvLines((await asAuditEntries(rows)).map(cellsOf));
    last = rows.at(-1)?.id ?? last;
    if (rows.length < pageSize) return;
  }
}
