import { randomUUID } from "node:crypto";
import type { TableView, TableViewInput } from "@/lib/contracts/table-views";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, Prisma } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";
import { asTableView } from "./table-view-row";

/** Of one list, of one account. */
const mostViews = 50;

/**
 * Keep what a list shows under a name, for oneself alone; what had that name is replaced. What is looked for stays out of
 * the audit log: it may be a subscriber's number.
 * Errors: AppError TABLE_VIEW_TOO_MANY.
 */
export async function keepTableView(staff: StaffActor, input: TableViewInput): Promise<TableView> {
  const { table, name, filter, columns } = input;
  return getDatabase().$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT 1 FROM staff WHERE id = ${staff.id}::uuid FOR UPDATE`;
    const others = { staffId: staff.id, table, name: { not: name } };
    if ((await transaction.tableView.count({ where: others })) >= mostViews)
      throw new AppError("TABLE_VIEW_TOO_MANY", `This list has ${mostViews} views. Delete one of them first.`);
    const content = { filter, columns: columns ?? Prisma.DbNull };
    const kept = await transaction.tableView.upsert({
      where: { staffId_table_name: { staffId: staff.id, table, name } },
      create: { id: randomUUID(), staffId: staff.id, table, name, ...content },
      update: content,
    });
    const audit = { actor: auditName(staff), action: "staff.keep-view", target: `staff:${staff.id}` };
    await appendAudit(transaction, { ...audit, after: { view: kept.id, table, name } });
    return asTableView(kept);
  });
}
