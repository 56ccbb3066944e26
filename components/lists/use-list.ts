"use client";

import { useCallback, useMemo } from "react";
import type { Column } from "@/components/ui/data-table";
import { type CursorPages, useCursorPages } from "@/components/ui/use-cursor-pages";
import type { ListedTable, TableView } from "@/lib/contracts/table-views";
import { type ColumnName, choosable, type FilterShape, knownFilter, type ListFilter } from "./prepare-list";
import { useAddressFilter } from "./use-address-filter";
import { useColumnChoice } from "./use-column-choice";

/** What `ListTools` shows and changes. */
export type ListTooling = {
  table: ListedTable;
  filter: Readonly<Record<string, string | undefined>>;
  columns: readonly ColumnName[];
  chosen: ReadonlySet<string> | null;
  onColumns: (columns: Iterable<string> | null) => void;
  /** A kept view was chosen: its filter, as it was kept. */
  onFilter: (filter: TableView["filter"]) => void;
};

type List<Shape extends FilterShape> = {
  filter: ListFilter<Shape>;
  /** Change a part of it; the list begins at its first page again. */
  refine: (part: ListFilter<Shape>) => void;
  pages: CursorPages;
  /** Ids of the columns shown; null: as many as the screen is wide. */
  shownColumns: ReadonlySet<string> | null;
  tooling: ListTooling;
};

/**
 * A list by its filter, page and columns.
 *
 * @param shape the same object each time
 * @param columns the same as long as they are
 */
export function useList<Shape extends FilterShape, Row>(
  table: ListedTable,
  shape: Shape,
  columns: readonly Column<Row>[],
): List<Shape> {
  const { filter, setFilter } = useAddressFilter(shape);
  const names = useMemo(() => choosable(columns), [columns]);
  const { chosen, choose } = useColumnChoice(table, names);
  const pages = useCursorPages();
  const { reset } = pages;
  const ask = useCallback(
    (next: ListFilter<Shape>) => {
      setFilter(next);
      reset();
    },
    [setFilter, reset],
  );
  const refine = useCallback((part: ListFilter<Shape>) => ask({ ...filter, ...part }), [ask, filter]);
  return {
    filter,
    refine,
    pages,
    shownColumns: chosen,
    tooling: {
      table,
      filter,
      columns: names,
      chosen,
      onColumns: choose,
      onFilter: (kept) => ask(knownFilter(shape, (name) => kept[name])),
    },
  };
}
