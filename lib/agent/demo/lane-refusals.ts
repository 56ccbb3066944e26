import type { LaneId } from "@/lib/contracts/demo";
import type { DemoDeviceStatus, LaneRefusal } from "@/lib/contracts/demo-devices";

export type LaneAbilities = {
  links: DemoDeviceStatus["links"];
  hasWget: boolean;
  hasMptcp: boolean;
  /** Whether the source is reached through the proxy, by the policy in force. */
  isProxied: boolean;
  /** Whether programs without proxy settings are captured. */
  isCapturing: boolean;
};

function refusalOf(lane: LaneId, able: LaneAbilities): LaneRefusal | null {
  const { lte, wifi } = able.links;
  if (!able.hasWget) return "no-wget";
  if ((lane !== "wifi-only" && lte === null) || (lane !== "lte-only" && wifi === null)) return "no-link";
  if (lane !== "lte-wifi") return able.isCapturing && able.isProxied ? "captured" : null;
  if (lte?.interfaceName === wifi?.interfaceName) return "one-interface";
  if (!able.hasMptcp) return "no-mptcp";
  return able.isProxied ? null : "not-proxied";
}

/** The lanes that a device cannot run as it is now, each with the first reason against it. */
export function laneRefusals(able: LaneAbilities): DemoDeviceStatus["refusals"] {
  const lanes: readonly LaneId[] = ["lte-only", "wifi-only", "lte-wifi"];
  return lanes.flatMap((lane) => {
    const reason = refusalOf(lane, able);
    return reason === null ? [] : [{ lane, reason }];
  });
}
