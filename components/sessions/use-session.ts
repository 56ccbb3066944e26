"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { sessionDetailSchema } from "@/lib/contracts/portal";

export const sessionPollMs = 1000;

/** One session, read anew each second while it runs. */
export function useSession(key: string) {
  return useQuery({
    queryKey: queryKeys.session(key),
    queryFn: ({ signal }) => fetchJson(sessionDetailSchema, `/api/sessions/${encodeURIComponent(key)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.end === null ? sessionPollMs : false),
  });
}
