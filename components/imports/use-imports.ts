"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import {
  type ImportOutcome,
  importJobListSchema,
  importJobSchema,
  importRowListSchema,
} from "@/lib/contracts/subscribers";
import { isWorking } from "./prepare-import";

const workingMs = 500;

export function useImports(cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.imports(cursor),
    queryFn: ({ signal }) =>
      fetchJson(importJobListSchema, `/api/subscriber-imports${queryString({ cursor })}`, { signal }),
    refetchInterval: (query) => (query.state.data?.items.some(isWorking) === true ? workingMs : 10_000),
    placeholderData: keepPreviousData,
  });
}

/** One job, followed closely while it works. */
export function useImportJob(id: string) {
  return useQuery({
    queryKey: queryKeys.importJob(id),
    queryFn: ({ signal }) =>
      fetchJson(importJobSchema, `/api/subscriber-imports/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) => (query.state.data !== undefined && isWorking(query.state.data) ? workingMs : false),
  });
}

export function useImportRows(id: string, outcome: ImportOutcome | "all", cursor: string | null, isReady: boolean) {
  return useQuery({
    queryKey: queryKeys.importRows(id, outcome, cursor),
    queryFn: ({ signal }) => {
      const query = queryString({ outcome: outcome === "all" ? null : outcome, cursor, limit: 50 });
      return fetchJson(importRowListSchema, `/api/subscriber-imports/${encodeURIComponent(id)}/rows${query}`, {
        signal,
      });
    },
    enabled: isReady,
    placeholderData: keepPreviousData,
  });
}
