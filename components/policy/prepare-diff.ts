import { accessNames } from "@/components/ui/access-mark";
import { accessNetworkSchema } from "@/lib/contracts/policy";
import { audienceChoices } from "./audience-choices";
import { formatCap, formatQuota, formatShare, steeringNames } from "./prepare-class-facts";

const labels: Readonly<Record<string, string>> = {
  name: "Name",
  steering: "Steering",
  lteSharePercent: "LTE share",
  wifiSufficientMbps: "LTE rests while WiFi reaches",
  lteRateKbps: "LTE rate cap",
  totalRateKbps: "Total rate cap",
  lteQuotaBytes: "LTE quota",
  whenQuotaReached: "Class after the quota",
  audience: "Audience",
};

/** What people call a field of the contract; a field that is not known keeps its own name. */
export function fieldLabel(field: string): string {
  return labels[field] ?? `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
}

const networkSchema = accessNetworkSchema.omit({ cidr: true });

function formatObject(value: unknown): string {
  const network = networkSchema.safeParse(value);
  if (!network.success) return JSON.stringify(value);
  const { access, name } = network.data;
  return name === "" ? accessNames[access] : `${accessNames[access]}, ${name}`;
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** A field's value in words and units; null and what is missing is a dash or "no …". */
export function formatFieldValue(field: string, value: unknown): string {
  if (field === "lteRateKbps" || field === "totalRateKbps") return formatCap(asNumber(value));
  if (field === "lteQuotaBytes") return formatQuota(asNumber(value));
  if (field === "lteSharePercent") return formatShare(asNumber(value));
  if (value === null || value === undefined) return "–";
  if (field === "audience") return audienceChoices.find((choice) => choice.value === value)?.label ?? String(value);
  if (field === "wifiSufficientMbps") return `${String(value)}\u00a0Mbit/s`;
  if (field === "steering") {
    const known = Object.entries(steeringNames).find(([mode]) => mode === value);
    return known?.[1] ?? String(value);
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : formatObject(value);
}
