import type { MergeGroup } from "@/components/ui/prepare-merge";
import type { ServiceClass, SteeringMode } from "@/lib/contracts/policy";
import { type ClassField, toGbText, toRateText } from "./prepare-class-form";

export const steeringNames: Record<SteeringMode, string> = {
  aggregate: "Aggregate",
  "lte-share": "LTE share",
  "wifi-first": "WiFi first",
};

export const steeringNotes: Record<SteeringMode, string> = {
  aggregate: "LTE and WiFi together, both at full speed.",
  "lte-share": "LTE helps WiFi, up to a share of the bytes; not at all while WiFi alone is fast enough.",
  "wifi-first": "WiFi only; LTE takes over while WiFi is unusable.",
};

/** A cap, exact: `1.5 Mbit/s`; `no cap`. */
export function formatCap(rateKbps: number | null): string {
  if (rateKbps === null) return "no cap";
  const { text, unit } = toRateText(rateKbps);
  return `${text}\u00a0${unit}`;
}

export function formatQuota(lteQuotaBytes: number | null): string {
  return lteQuotaBytes === null ? "no quota" : `${toGbText(lteQuotaBytes)}\u00a0GB a month`;
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
export const classFacts: readonly ClassFact[] = [
  { field: "name", label: "Name", text: ({ name }) => name },
  { field: "steering", label: "Steering", text: ({ steering }) => steeringNames[steering] },
  { field: "lteShare", label: "LTE share", text: ({ lteSharePercent }) => formatShare(lteSharePercent) },
  {
    field: "wifiSufficient",
    label: "LTE rests while WiFi reaches",
    text: ({ wifiSufficientMbps }) => (wifiSufficientMbps === null ? "–" : `${wifiSufficientMbps}\u00a0Mbit/s`),
  },
  { field: "lteRate", label: "LTE rate cap", text: ({ lteRateKbps }) => formatCap(lteRateKbps) },
  { field: "totalRate", label: "Total rate cap", text: ({ totalRateKbps }) => formatCap(totalRateKbps) },
  { field: "quotaGb", label: "LTE quota", text: ({ lteQuotaBytes }) => formatQuota(lteQuotaBytes) },
  {
    field: "whenQuotaReached",
    label: "Class after the quota",
    text: ({ whenQuotaReached }, nameOf) => (whenQuotaReached === null ? "–" : nameOf(whenQuotaReached)),
  },
];

/** Fields whose words differ from the class in force, with the words in force; empty where it is not in force. */
export function inForceTexts(
  item: ServiceClass,
  inForce: ServiceClass | null,
  nameOf: (id: string) => string,
): Partial<Record<ClassField, string>> {
  if (inForce === null) return {};
  const texts: Partial<Record<ClassField, string>> = {};
  for (const { field, text } of classFacts) {
    const before = text(inForce, nameOf);
    if (text(item, nameOf) !== before) texts[field] = before;
  }
  return texts;
}

function describeSteering({ steering, lteSharePercent, wifiSufficientMbps }: ServiceClass): string {
  if (steering !== "lte-share") return steeringNames[steering];
  return `LTE share, at most ${formatShare(lteSharePercent)}, none while WiFi reaches ${wifiSufficientMbps ?? 0}\u00a0Mbit/s`;
}

/** Settings that two people may have changed at once; what hangs together is chosen together. */
export function classMergeGroups(nameOf: (id: string) => string): readonly MergeGroup<ServiceClass>[] {
  return [
    { key: "name", label: "Name", fields: ["name"], text: ({ name }) => name },
    {
      key: "steering",
      label: "Steering",
      fields: ["steering", "lteSharePercent", "wifiSufficientMbps"],
      text: describeSteering,
    },
    { key: "lteRate", label: "LTE rate cap", fields: ["lteRateKbps"], text: (item) => formatCap(item.lteRateKbps) },
    {
      key: "totalRate",
      label: "Total rate cap",
      fields: ["totalRateKbps"],
      text: (item) => formatCap(item.totalRateKbps),
    },
    {
      key: "quota",
      label: "LTE quota",
      fields: ["lteQuotaBytes", "whenQuotaReached"],
      text: ({ lteQuotaBytes, whenQuotaReached }) =>
        whenQuotaReached === null
          ? formatQuota(lteQuotaBytes)
          : `${formatQuota(lteQuotaBytes)}, then ${nameOf(whenQuotaReached)}`,
    },
  ];
}
