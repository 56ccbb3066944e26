import clsx from "clsx";
import type { ReactNode } from "react";
import { Table, Td, Th, Tr } from "./table";

export type Column<Row> = {
  id: string;
  head: ReactNode;
  /** Its name where columns are chosen; null: it is always there. */
  name: string | null;
  /** Classes that show it from a width on, unless it was chosen: `hidden md:table-cell`. */
  from?: string;
  /** Of head and cells. */
  className?: string;
  cellClassName?: string;
  cell: (row: Row) => ReactNode;
};

type DataTableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Ids of the columns shown; null: as many as the screen is wide. */
  chosen?: ReadonlySet<string> | null;
};

/** A table by its columns. */
export function DataTable<Row>({ label, columns, rows, keyOf, chosen = null }: DataTableProps<Row>) {
  const shown = columns.filter(({ id, name }) => chosen === null || name === null || chosen.has(id));
  const classOf = ({ className, from }: Column<Row>) => clsx(className, chosen === null && from);
  return (
    <Table label={label}>
      <thead>
        <tr>
          {shown.map((column) => (
            <Th key={column.id} className={classOf(column)}>
              {column.head}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={keyOf(row)} className="hover:bg-sunken/60">
            {shown.map((column) => (
              <Td key={column.id} className={clsx(classOf(column), column.cellClassName)}>
                {column.cell(row)}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
