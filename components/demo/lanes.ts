import type { SeriesTone } from "@/components/ui/access-mark";
import type { LaneId } from "@/lib/contracts/demo";
import type { Translate } from "@/lib/words/translate";

/** The order in which lanes stand and run. */
export const laneOrder: readonly LaneId[] = ["lte-only", "wifi-only", "lte-wifi"];

export const laneNames = (t: Translate): Record<LaneId, string> => ({
  "lte-only": t("demo.lteOnly"),
  "wifi-only": t("demo.wifiOnly"),
  "lte-wifi": "LTE + WiFi",
});

/** Which UE of the deployment figure fetches. */
export const laneUes = (t: Translate): Record<LaneId, string> => ({
  "lte-only": t("demo.generalUe"),
  "wifi-only": t("demo.pmUeWifiAlone"),
  "lte-wifi": t("demo.pmUeBothPaths"),
});

/** By which links a real device fetches. */
export const laneLinks = (t: Translate): Record<LaneId, string> => ({
  "lte-only": t("demo.theDeviceLteAlone"),
  "wifi-only": t("demo.theDeviceWifiAlone"),
  "lte-wifi": t("demo.theDeviceBothPaths"),
});

export const laneRoutes = (t: Translate, isDevice: boolean): Record<LaneId, string> =>
  isDevice
    ? {
        "lte-only": t("demo.theDeviceOnLteAlone"),
        "wifi-only": t("demo.theDeviceOnWifiAlone"),
        "lte-wifi": t("demo.theDeviceThroughItsAgent"),
      }
    : {
        "lte-only": t("demo.anUntouchedDeviceOnLteStraight"),
        "wifi-only": t("demo.thePmUeOnWifiAlone"),
        "lte-wifi": t("demo.thePmUeThroughItsAgent"),
      };

export const laneTones: Record<LaneId, SeriesTone> = { "lte-only": "lte", "wifi-only": "wifi", "lte-wifi": "total" };
