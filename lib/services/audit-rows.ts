import type { AuditEntry, AuditFilter } from "@/lib/contracts/audit";
import type { Role } from "@/lib/contracts/portal";
import { type Database, getDatabase, type Prisma } from "@/lib/db/client";
import { staffNames } from "./staff-names";

/** Roles that may read the audit log: it names subscribers whom others looked up. */
export const auditRoles: readonly Role[] = ["admin"];

type AuditRow = Awaited<ReturnType<Database["auditEntry"]["findMany"]>>[number];

/** Accounts and tokens whose name (or address) holds the text, as the log writes them. */
async function actorsLike(text: string): Promise<string[]> {
  const like = { contains: text, mode: "insensitive" as const };
  const rows = await getDatabase().staff.findMany({
    where: { OR: [{ name: like }, { email: like }] },
    select: { id: true },
    take: 200,
  });
  const tokens = await getDatabase().apiToken.findMany({ where: { name: like }, select: { id: true }, take: 200 });
  return [...rows.map(({ id }) => `staff:${id}`), ...tokens.map(({ id }) => `token:${id}`)];
}

/** The filter as a condition. Empty text asks for nothing. */
export async function auditWhere(filter: AuditFilter): Promise<Prisma.AuditEntryWhereInput> {
  const { actor = "", action = "", target = "", from, to } = filter;
  const parts: Prisma.AuditEntryWhereInput[] = [];
  if (actor !== "") parts.push({ OR: [{ actor: { startsWith: actor } }, { actor: { in: await actorsLike(actor) } }] });
  if (action !== "") parts.push({ action: { startsWith: action } });
  if (target !== "") parts.push({ target: { startsWith: target } });
  if (from !== undefined) parts.push({ at: { gte: new Date(from) } });
  if (to !== undefined) parts.push({ at: { lt: new Date(to) } });
  return { AND: parts };
}

/** Rows with the names of the accounts in them. */
export async function asAuditEntries(rows: readonly AuditRow[]): Promise<AuditEntry[]> {
  const nameOf = await staffNames(rows.flatMap(({ actor, target }) => [actor, target]));
  return rows.map((row) => {
    const targetName = nameOf(row.target);
    return {
      id: Number(row.id),
      at: row.at.toISOString(),
      actor: row.actor,
      actorName: nameOf(row.actor),
      action: row.action,
      target: row.target,
      targetName: targetName === row.target ? null : targetName,
      before: row.before,
      after: row.after,
      reason: row.reason,
      hash: row.hash,
    };
  });
}
