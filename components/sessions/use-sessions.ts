"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";

const sessionListShape = async () => (await import("@/lib/contracts/portal")).sessionListSchema;

export type SessionFilter = "all" | "running" | "ended";

/** One page of sessions, newest first. The first page renews itself; later ones are history and stay. */
export function useSessions(filter: SessionFilter, cursor: string | null, limit: number) {
  return useQuery({
    queryKey: queryKeys.sessions(filter, cursor, limit),
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (filter !== "all") query.set("state", filter);
      if (cursor !== null) query.set("cursor", cursor);
      return fetchJson(sessionListShape, `/api/sessions?${query}`, { signal });
    },
    refetchInterval: cursor === null ? 2000 : false,
    placeholderData: keepPreviousData,
  });
}
