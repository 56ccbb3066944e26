import { type TableView, tableViewSchema } from "@/lib/contracts/table-views";

type Row = { id: string; table: string; name: string; filter: unknown; columns: unknown };

/** A stored view as the contract has it. */
export function asTableView({ id, table, name, filter, columns }: Row): TableView {
  return tableViewSchema.parse({ id, table, name, filter, columns });
}
