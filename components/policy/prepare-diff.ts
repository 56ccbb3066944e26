import { accessNames } from "@/components/ui/access-mark";
import { accessNetworkSchema } from "@/lib/contracts/policy";
import type { Translate } from "@/lib/words/translate";
import { audienceChoices } from "./audience-choices";
import { formatCap, formatQuota, formatShare, steeringNames } from "./prepare-class-facts";

const labels = (t: Translate): Readonly<Record<string, string>> => ({
  name: t("common.name"),
  steering: t("policy.steering"),
  lteSharePercent: t("policy.lteShare"),
  wifiSufficientMbps: t("policy.lteRestsWhileWifiReaches"),
  lteRateKbps: t("policy.lteRateCap"),
  totalRateKbps: t("policy.totalRateCap"),
  lteQuotaBytes: t("policy.lteQuota"),
  whenQuotaReached: t("policy.classAfterTheQuota"),
  audience: t("policy.audience"),
});

/** What people call a field of the contract; a field that is not known keeps its own name. */
export function fieldLabel(t: Translate, field: string): string {
  return labels(t)[field] ?? `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
}

const networkSchema = accessNetworkSchema.omit({ cidr: true });

function formatObject(t: Translate, value: unknown): string {
  const network = networkSchema.safeParse(value);
  if (!network.success) return JSON.stringify(value);
  const { access, name } = network.data;
  return name === "" ? accessNames(t)[access] : `${accessNames(t)[access]}, ${name}`;
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** A field's value in words and units; null and what is missing is a dash or "no …". */
export function formatFieldValue(t: Translate, field: string, value: unknown): string {
  if (field === "lteRateKbps" || field === "totalRateKbps") return formatCap(t, asNumber(value));
  if (field === "lteQuotaBytes") return formatQuota(t, asNumber(value));
  if (field === "lteSharePercent") return formatShare(asNumber(value));
  if (value === null || value === undefined) return "–";
  if (field === "audience") return audienceChoices(t).find((choice) => choice.value === value)?.label ?? String(value);
  if (field === "wifiSufficientMbps") return `${String(value)}\u00a0Mbit/s`;
  if (field === "steering") {
    const known = Object.entries(steeringNames(t)).find(([mode]) => mode === value);
    return known?.[1] ?? String(value);
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : formatObject(t, value);
}
