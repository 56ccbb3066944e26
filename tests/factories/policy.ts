import type { Entitlement, PolicySnapshot } from "@/lib/contracts/policy";
import { sha256Hex } from "@/lib/shared/ids";

/** A snapshot without a white-list and one class; change what the test is about. */
export function policySnapshot(changes: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return {
    version: 1,
    publishedAt: "2026-01-01T00:00:00Z",
    serviceClasses: [
      {
        id: "gold",
        name: "Gold",
        steering: "aggregate",
        lteSharePercent: null,
        wifiSufficientMbps: null,
        lteRateKbps: null,
        totalRateKbps: null,
      },
    ],
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
    secretSha256: sha256Hex("right"),
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    ...changes,
  };
}
