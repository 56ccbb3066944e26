"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";

const alertListShape = async () => (await import("@/lib/contracts/alerts")).alertListSchema;

/** Rules and alerts; the shell and the page share one reading. */
export function useAlerts() {
  return useQuery({
    queryKey: queryKeys.alerts,
    queryFn: ({ signal }) => fetchJson(alertListShape, "/api/alerts", { signal }),
    refetchInterval: 10_000,
  });
}
