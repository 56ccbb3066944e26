import type { Column } from "@/components/ui/data-table";
import type { TableView } from "@/lib/contracts/table-views";

/** What a list may be asked for, by name: the values there are; null: any text. */
export type FilterShape = Readonly<Record<string, readonly string[] | null>>;
/** What it is asked for; what is not set is not there. */
export type ListFilter<Shape extends FilterShape> = {
  readonly [Name in keyof Shape]?:
    | (Shape[Name] extends readonly (infer Value extends string)[] ? Value : string)
    | undefined;
};

/** Columns that may be chosen. */
export type ColumnName = { id: string; name: string };

export function choosable<Row>(columns: readonly Column<Row>[]): ColumnName[] {
  return columns.flatMap(({ id, name }) => (name === null ? [] : [{ id, name }]));
}

/** What of these values the list knows; the rest may be of another version of the page. */
export function knownFilter<Shape extends FilterShape>(
  shape: Shape,
  kept: (name: string) => string | null | undefined,
): ListFilter<Shape> {
  const known = Object.entries(shape).flatMap(([name, values]) => {
    const value = kept(name) ?? "";
    return value !== "" && (values?.includes(value) ?? true) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known) as ListFilter<Shape>;
}

/** The query of a page's address with this filter in place of the one before; other parts stay. */
export function addressWith(query: URLSearchParams, shape: FilterShape, filter: ListFilter<FilterShape>): string {
  const next = new URLSearchParams(query);
  for (const name of Object.keys(shape)) {
    const value = filter[name];
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === "" ? "" : `?${text}`;
}

/** The kept choice of columns, `a,b`; null for none, or of columns that are not there any more. */
export function readColumns(text: string | null, columns: readonly ColumnName[]): ReadonlySet<string> | null {
  if (text === null) return null;
  const asked = new Set(text.split(","));
  const known = columns.filter(({ id }) => asked.has(id)).map(({ id }) => id);
  return known.length === 0 ? null : new Set(known);
}

/** The choice after a column was ticked or not; at least one stays. */
export function withColumn(
  chosen: ReadonlySet<string> | null,
  columns: readonly ColumnName[],
  id: string,
  isShown: boolean,
): ReadonlySet<string> {
  const before = chosen ?? new Set(columns.map((column) => column.id));
  const next = columns.filter((column) => (column.id === id ? isShown : before.has(column.id)));
  return next.length === 0 ? before : new Set(next.map((column) => column.id));
}

type Shown = { filter: Readonly<Record<string, string | undefined>>; chosen: ReadonlySet<string> | null };

function sameColumns(columns: readonly string[] | null, chosen: ReadonlySet<string> | null): boolean {
  if (columns === null || chosen === null) return columns === chosen;
  return columns.length === chosen.size && columns.every((id) => chosen.has(id));
}

/** The view that is on the screen now. */
export function currentView(views: readonly TableView[], { filter, chosen }: Shown): TableView | undefined {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  return views.find(
    (view) =>
      sameColumns(view.columns, chosen) &&
      Object.keys(view.filter).length === asked.length &&
      asked.every(([name, value]) => view.filter[name] === value),
  );
}
