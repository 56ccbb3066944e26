import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";

/** Delete one of one's own views. Errors: AppError NOT_FOUND. */
export async function deleteTableView(staff: StaffActor, id: string): Promise<null> {
  return getDatabase().$transaction(async (transaction) => {
    const [view] = await transaction.tableView.findMany({ where: { id, staffId: staff.id } });
    if (view === undefined) throw new AppError("NOT_FOUND", "You have no view with this id.");
    await transaction.tableView.delete({ where: { id } });
    const audit = { actor: auditName(staff), action: "staff.delete-view", target: `staff:${staff.id}` };
    await appendAudit(transaction, { ...audit, before: { view: id, table: view.table, name: view.name } });
    return null;
  });
}
