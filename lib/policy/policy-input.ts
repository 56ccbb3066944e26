export type AccessKind = "lte" | "wifi" | "other";
export type PortRange = { from: number; to: number };
export type RuleInput = { kind: "host" | "domain-suffix" | "cidr"; value: string; ports: PortRange[] };

/** `extra`: only for subscribers that have the list among their extra ones. Absent means everyone. */
export type WhiteListAudience = "everyone" | "extra";
export type WhiteListInput = {
  id: string;
  name: string;
  audience?: WhiteListAudience | undefined;
  rules: readonly RuleInput[];
};

export type AccessNetworkInput = { cidr: string; access: AccessKind; name: string };

/** What decides which class is in force. */
export type QuotaClass = { id: string; lteQuotaBytes: number | null; whenQuotaReached: string | null };
export type ServiceClassInput = QuotaClass & {
  name: string;
  steering: "aggregate" | "lte-share" | "wifi-first";
  lteSharePercent: number | null;
  wifiSufficientMbps: number | null;
  lteRateKbps: number | null;
  totalRateKbps: number | null;
};

/** A policy without its number and time, as a draft has it. */
export type PolicyContentInput<Class extends { id: string } = ServiceClassInput> = {
  serviceClasses: readonly Class[];
  whiteLists: readonly WhiteListInput[];
  accessNetworks: readonly AccessNetworkInput[];
  allowedPrivateRanges: readonly string[];
};

/** A policy as it is published, immutable. */
export type PolicySnapshotInput = PolicyContentInput & { version: number; publishedAt: string };
