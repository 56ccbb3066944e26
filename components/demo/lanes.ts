import type { SeriesTone } from "@/components/ui/access-mark";
import type { LaneId } from "@/lib/contracts/demo";

/** The order in which lanes stand and run. */
export const laneOrder: readonly LaneId[] = ["lte-only", "wifi-only", "lte-wifi"];

export const laneNames: Record<LaneId, string> = {
  "lte-only": "LTE only",
  "wifi-only": "WiFi only",
  "lte-wifi": "LTE + WiFi",
};

/** Which device of the deployment figure fetches. */
export const laneDevices: Record<LaneId, string> = {
  "lte-only": "general UE",
  "wifi-only": "pM-UE, WiFi alone",
  "lte-wifi": "pM-UE, both paths",
};

export const laneRoutes: Record<LaneId, string> = {
  "lte-only": "An untouched device on LTE, straight to the content provider. No proxy, no MPTCP.",
  "wifi-only": "The pM-UE on WiFi alone, straight to the content provider. No proxy, no MPTCP.",
  "lte-wifi": "The pM-UE through its agent and the proxy: one MPTCP connection over LTE and WiFi.",
};

export const laneTones: Record<LaneId, SeriesTone> = { "lte-only": "lte", "wifi-only": "wifi", "lte-wifi": "total" };
