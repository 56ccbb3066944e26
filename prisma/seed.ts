import { getDatabase } from "@/lib/db/client";
import { insertPolicyVersion, lockPolicy } from "@/lib/db/policy-versions";

const unlimited = { lteRateKbps: null, totalRateKbps: null, lteQuotaBytes: null, whenQuotaReached: null };

const serviceClasses = [
  { id: "gold", name: "Gold", steering: "aggregate", lteSharePercent: null, wifiSufficientMbps: null, ...unlimited },
  { id: "silver", name: "Silver", steering: "lte-share", lteSharePercent: 20, wifiSufficientMbps: 20, ...unlimited },
  {
    id: "bronze",
    name: "Bronze",
    steering: "wifi-first",
    lteSharePercent: null,
    wifiSufficientMbps: null,
    ...unlimited,
  },
];

function service(id: string, name: string, domains: string[]) {
  return {
    id,
    name,
    audience: "everyone",
    rules: domains.map((value) => ({ kind: "domain-suffix", value, ports: [] })),
  };
}

const whiteLists = [
  service("testbed-content", "Testbed content", []),
  service("youtube", "YouTube", ["youtube.com", "googlevideo.com", "ytimg.com"]),
  service("netflix", "Netflix", ["netflix.com", "nflxvideo.net"]),
  service("wikimedia", "Wikipedia and Wikimedia", ["wikipedia.org", "wikimedia.org"]),
  service("debian", "Debian packages", ["debian.org"]),
];

/**
 * Give an empty database its first policy: the classes Gold, Silver and Bronze and a few well-known services.
 *
 * @returns true when it was empty
 */
export async function seed(): Promise<boolean> {
  return getDatabase().$transaction(async (transaction) => {
    await lockPolicy(transaction);
    if ((await transaction.policyVersion.count()) > 0) return false;
    const content = { serviceClasses, whiteLists, accessNetworks: [], allowedPrivateRanges: [] };
    await insertPolicyVersion(transaction, {
      content,
      reason: "The first policy, made at the first start.",
      actor: "system",
    });
    return true;
  });
}
