"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { addressWith, type FilterShape, knownFilter, type ListFilter } from "./prepare-list";

type AddressFilter<Shape extends FilterShape> = {
  filter: ListFilter<Shape>;
  /** Ask for this, and for nothing else. */
  setFilter: (filter: ListFilter<Shape>) => void;
};

/**
 * What a list is asked for, in the address of its page: it survives a reload, and a link shows the same. What is typed to
 * find somebody is none of it, for addresses end up in logs.
 *
 * @param shape the same object each time
 */
export function useAddressFilter<Shape extends FilterShape>(shape: Shape): AddressFilter<Shape> {
  const query = useSearchParams();
  const filter = useMemo(() => knownFilter(shape, (name) => query.get(name)), [shape, query]);
  const setFilter = useCallback(
    (next: ListFilter<Shape>) => {
      const { pathname, search } = window.location;
      window.history.replaceState(null, "", `${pathname}${addressWith(new URLSearchParams(search), shape, next)}`);
    },
    [shape],
  );
  return { filter, setFilter };
}
