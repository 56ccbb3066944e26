"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { staffListSchema } from "@/lib/contracts/staff";

/** One page of accounts, newest first. */
export function useStaffList(cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.staff(cursor),
    queryFn: ({ signal }) => fetchJson(staffListSchema, `/api/staff${queryString({ cursor, limit: 50 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
}
