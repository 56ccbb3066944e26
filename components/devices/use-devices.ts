"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { deviceListSchema } from "@/lib/contracts/subscribers";

export type DeviceFilter = { search?: string | undefined; state?: "enrolled" | "revoked" | undefined };

/** One page of devices, newest first. */
export function useDevices(filter: DeviceFilter, cursor: string | null) {
  return useQuery({
    queryKey: queryKeys.devices(filter, cursor),
    queryFn: ({ signal }) =>
      fetchJson(deviceListSchema, `/api/devices${queryString({ ...filter, cursor, limit: 50 })}`, { signal }),
    refetchInterval: cursor === null ? 10_000 : false,
    placeholderData: keepPreviousData,
  });
}
