"use client";

import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { ListedTable } from "@/lib/contracts/table-views";
import { type ColumnName, readColumns } from "./prepare-list";

const listeners = new Set<() => void>();
/** Where the browser keeps nothing, the choice lasts as long as the page. */
const unkept = new Map<string, string | null>();
const keyOf = (table: ListedTable) => `twinpath-columns-${table}`;

function read(table: ListedTable): string | null {
  const key = keyOf(table);
  if (unkept.has(key)) return unkept.get(key) ?? null;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(table: ListedTable, text: string | null): void {
  const key = keyOf(table);
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    unkept.set(key, text);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

type ColumnChoice = {
  /** Null: as many as the screen is wide. */
  chosen: ReadonlySet<string> | null;
  choose: (columns: Iterable<string> | null) => void;
};

/** The columns of a list that this browser shows. */
export function useColumnChoice(table: ListedTable, columns: readonly ColumnName[]): ColumnChoice {
  const text = useSyncExternalStore(
    subscribe,
    () => read(table),
    () => null,
  );
  const chosen = useMemo(() => readColumns(text, columns), [text, columns]);
  const choose = useCallback(
    (next: Iterable<string> | null) => write(table, next === null ? null : [...next].join(",")),
    [table],
  );
  return { chosen, choose };
}
