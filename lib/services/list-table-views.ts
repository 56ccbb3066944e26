import type { ListedTable, TableView } from "@/lib/contracts/table-views";
import { getDatabase } from "@/lib/db/client";
import type { StaffActor } from "./actor";
import { asTableView } from "./table-view-row";

/** One's own views of a list, by name. */
export async function listTableViews(staff: StaffActor, table: ListedTable): Promise<{ items: TableView[] }> {
  const rows = await getDatabase().tableView.findMany({
    where: { staffId: staff.id, table },
    orderBy: { name: "asc" },
  });
  return { items: rows.map(asTableView) };
}
