import type { MergeGroup } from "@/components/ui/prepare-merge";
import type { ServiceClass, SteeringMode } from "@/lib/contracts/policy";
import type { Translate } from "@/lib/words/translate";
import { type ClassField, toGbText, toRateText } from "./prepare-class-form";

export const steeringNames = (t: Translate): Record<SteeringMode, string> => ({
  aggregate: t("classes.aggregate"),
  "lte-share": t("classes.lteShare"),
  "wifi-first": t("classes.wifiFirst"),
});

export const steeringNotes = (t: Translate): Record<SteeringMode, string> => ({
  aggregate: t("classes.lteAndWifiTogetherBothAt"),
  "lte-share": t("classes.lteHelpsWifiUpToA"),
  "wifi-first": t("classes.wifiOnlyLteTakesOverWhile"),
});

/** A cap, exact: `1.5 Mbit/s`; `no cap`. */
export function formatCap(t: Translate, rateKbps: number | null): string {
  if (rateKbps === null) return t("classes.noCap");
  const { text, unit } = toRateText(rateKbps);
  return `${text}\u00a0${unit}`;
}

export function formatQuota(t: Translate, lteQuotaBytes: number | null): string {
  return lteQuotaBytes === null ? t("classes.noQuota") : t("classes.gbAMonth", { toGb: toGbText(lteQuotaBytes) });
}

/** A share of the contract: `20 %`; a dash for none. */
export function formatShare(percent: number | null): string {
  return percent === null ? "–" : `${Number(percent.toFixed(1))}\u00a0%`;
}

type ClassFact = {
  field: ClassField;
  label: string;
  text: (item: ServiceClass, nameOf: (id: string) => string) => string;
};

/** Every setting of a class in words, in the order of the form. */
export const classFacts = (t: Translate): readonly ClassFact[] => [
  { field: "name", label: t("common.name"), text: ({ name }) => name },
  { field: "steering", label: t("classes.steering"), text: ({ steering }) => steeringNames(t)[steering] },
  { field: "lteShare", label: t("classes.lteShare"), text: ({ lteSharePercent }) => formatShare(lteSharePercent) },
  {
    field: "wifiSufficient",
    label: t("classes.lteRestsWhileWifiReaches"),
    text: ({ steering, wifiSufficientMbps }) => {
      if (wifiSufficientMbps !== null) return `${wifiSufficientMbps}\u00a0Mbit/s`;
      return steering === "lte-share" ? t("classes.never") : "–";
    },
  },
  { field: "lteRate", label: t("classes.lteRateCap"), text: ({ lteRateKbps }) => formatCap(t, lteRateKbps) },
  { field: "totalRate", label: t("classes.totalRateCap"), text: ({ totalRateKbps }) => formatCap(t, totalRateKbps) },
  { field: "quotaGb", label: t("classes.lteQuota"), text: ({ lteQuotaBytes }) => formatQuota(t, lteQuotaBytes) },
  {
    field: "whenQuotaReached",
    label: t("classes.classAfterTheQuota"),
    text: ({ whenQuotaReached }, nameOf) => (whenQuotaReached === null ? "–" : nameOf(whenQuotaReached)),
  },
];

/** Fields whose words differ from the class in force, with the words in force; empty where it is not in force. */
export function inForceTexts(
  t: Translate,
  item: ServiceClass,
  inForce: ServiceClass | null,
  nameOf: (id: string) => string,
): Partial<Record<ClassField, string>> {
  if (inForce === null) return {};
  const texts: Partial<Record<ClassField, string>> = {};
  for (const { field, text } of classFacts(t)) {
    const before = text(inForce, nameOf);
    if (text(item, nameOf) !== before) texts[field] = before;
  }
  return texts;
}

function describeSteering(t: Translate, { steering, lteSharePercent, wifiSufficientMbps }: ServiceClass): string {
  if (steering !== "lte-share") return steeringNames(t)[steering];
  const share = formatShare(lteSharePercent);
  if (wifiSufficientMbps === null) return t("classes.lteShareAtMostAlways", { share });
  return t("classes.lteShareAtMostNoneWhile", { share, wifiSufficientMbps: String(wifiSufficientMbps) });
}

/** Settings that two people may have changed at once; what hangs together is chosen together. */
export function classMergeGroups(t: Translate, nameOf: (id: string) => string): readonly MergeGroup<ServiceClass>[] {
  return [
    { key: "name", label: t("common.name"), fields: ["name"], text: ({ name }) => name },
    {
      key: "steering",
      label: t("classes.steering"),
      fields: ["steering", "lteSharePercent", "wifiSufficientMbps"],
      text: (item) => describeSteering(t, item),
    },
    {
      key: "lteRate",
      label: t("classes.lteRateCap"),
      fields: ["lteRateKbps"],
      text: (item) => formatCap(t, item.lteRateKbps),
    },
    {
      key: "totalRate",
      label: t("classes.totalRateCap"),
      fields: ["totalRateKbps"],
      text: (item) => formatCap(t, item.totalRateKbps),
    },
    {
      key: "quota",
      label: t("classes.lteQuota"),
      fields: ["lteQuotaBytes", "whenQuotaReached"],
      text: ({ lteQuotaBytes, whenQuotaReached }) =>
        whenQuotaReached === null
          ? formatQuota(t, lteQuotaBytes)
          : t("classes.quotaThen", { quota: formatQuota(t, lteQuotaBytes), next: nameOf(whenQuotaReached) }),
    },
  ];
}
