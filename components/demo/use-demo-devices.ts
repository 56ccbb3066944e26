"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import type { ListedDemoDevice } from "@/lib/contracts/demo-devices";

const demoDeviceListShape = async () => (await import("@/lib/contracts/demo-devices")).demoDeviceListSchema;

const everyMs = 3000;
const none: readonly ListedDemoDevice[] = [];

/** Devices that are there now and allow demo runs, looked up again and again while `isOn`. */
export function useDemoDevices(isOn: boolean): readonly ListedDemoDevice[] {
  const devices = useQuery({
    queryKey: queryKeys.demoDevices,
    queryFn: ({ signal }) => fetchJson(demoDeviceListShape, "/api/demo/devices", { signal }),
    enabled: isOn,
    refetchInterval: everyMs,
  });
  return devices.data?.items ?? none;
}
