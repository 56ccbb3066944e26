import type { Entitlement, PolicySnapshot, ServiceClass, WhiteList, WhiteListRule } from "@/lib/contracts/policy";
import { sha256Hex } from "@/lib/shared/ids";

/** A class without caps and quota. */
export function serviceClass(id: string, changes: Partial<ServiceClass> = {}): ServiceClass {
  return {
    id,
    name: `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`,
    steering: "aggregate",
    lteSharePercent: null,
    wifiSufficientMbps: null,
    lteRateKbps: null,
    totalRateKbps: null,
    lteQuotaBytes: null,
    whenQuotaReached: null,
    ...changes,
  };
}

/** A white-list for everyone. */
export function whiteList(id: string, rules: WhiteListRule[], changes: Partial<WhiteList> = {}): WhiteList {
  return { id, name: id, audience: "everyone", rules, ...changes };
}

/** A rule for every port, or these. */
export function rule(kind: WhiteListRule["kind"], value: string, ports: WhiteListRule["ports"] = []): WhiteListRule {
  return { kind, value, ports };
}

/** A snapshot without a white-list and one class; change what the test is about. */
export function policySnapshot(changes: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return {
    version: 1,
    publishedAt: "2026-01-01T00:00:00Z",
    serviceClasses: [serviceClass("gold")],
    whiteLists: [],
    accessNetworks: [
      { cidr: "10.1.0.0/16", access: "lte", name: "LTE" },
      { cidr: "10.2.0.0/16", access: "wifi", name: "WiFi" },
    ],
    allowedPrivateRanges: [],
    ...changes,
  };
}

/** An active device with the secret "right", for ten minutes from now. */
export function entitlement(deviceId: string, changes: Partial<Entitlement> = {}): Entitlement {
  return {
    deviceId,
    subscriberId: `subscriber of ${deviceId}`,
    state: "active",
    serviceClassId: "gold",
    isQuotaReached: false,
    extraWhiteListIds: [],
    secretSha256: sha256Hex("right"),
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    ...changes,
  };
}
