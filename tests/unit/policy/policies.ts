import fc from "fast-check";
import type { PolicySnapshot, ServiceClass, WhiteList, WhiteListRule } from "@/lib/contracts/policy";

export function serviceClass(id: string, change: Partial<ServiceClass> = {}): ServiceClass {
  return {
    id,
    name: id,
    steering: "aggregate",
    lteSharePercent: null,
    wifiSufficientMbps: null,
    lteRateKbps: null,
    totalRateKbps: null,
    lteQuotaBytes: null,
    whenQuotaReached: null,
    ...change,
  };
}

/** A rule as short text: "host a.example 80 443-450". */
export function rule(text: string): WhiteListRule {
  const [kind = "", value = "", ...ranges] = text.split(" ");
  if (kind !== "host" && kind !== "domain-suffix" && kind !== "cidr") throw new Error(`${kind} is no kind of rule`);
  const ports = ranges.map((range) => {
    const [from = "", to = from] = range.split("-");
    return { from: Number(from), to: Number(to) };
  });
  return { kind, value, ports };
}

export function list(id: string, rules: readonly string[], audience: WhiteList["audience"] = "everyone"): WhiteList {
  return { id, name: id.toUpperCase(), audience, rules: rules.map(rule) };
}

export function snapshot(change: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return {
    version: 1,
    publishedAt: "2026-01-01T00:00:00Z",
    serviceClasses: [],
    whiteLists: [],
    accessNetworks: [],
    allowedPrivateRanges: [],
    ...change,
  };
}

const labels = fc.constantFrom("a", "b", "ab");
const portTexts = fc.constantFrom("", " 80", " 443", " 80 443", " 1-100", " 1-65535", " 25", " 20-30");

/** Names and prefixes of few letters and bits, so that they nest, meet and repeat. */
export const anyHost = fc.oneof(
  fc.array(labels, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join(".")}.example`),
  fc.tuple(fc.constantFrom(8, 10), fc.constantFrom(0, 1, 128)).map(([first, last]) => `${first}.0.0.${last}`),
);
const anyCidr = fc
  .tuple(fc.constantFrom(8, 10), fc.constantFrom(8, 24, 25, 32))
  .map(([first, length]) => `${first}.0.0.0/${length}`);
export const anyRule = fc
  .tuple(
    fc.oneof(
      anyHost.map((host) => `host ${host}`),
      fc.array(labels, { maxLength: 2 }).map((parts) => `domain-suffix ${[...parts, "example"].join(".")}`),
      anyCidr.map((cidr) => `cidr ${cidr}`),
    ),
    portTexts,
  )
  .map(([target, ports]) => rule(target + ports));

/** Up to four lists, the second and fourth of them extra ones. */
export const anyWhiteLists = fc
  .array(fc.array(anyRule, { maxLength: 8 }), { maxLength: 4 })
  .map((lists) =>
    lists.map((rules, index) => ({ ...list(`l${index}`, [], index % 2 === 0 ? "everyone" : "extra"), rules })),
  );

const anyClasses = fc
  .uniqueArray(fc.constantFrom("gold", "silver", "bronze", "iron"))
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc
          .tuple(fc.option(fc.nat(100)), fc.option(fc.constantFrom("gold", "bronze", "gone")))
          .map(([lteQuotaBytes, whenQuotaReached]) => serviceClass(id, { lteQuotaBytes, whenQuotaReached })),
      ),
    ),
  );

/** A policy with any order of its items. */
export const anySnapshot: fc.Arbitrary<PolicySnapshot> = fc
  .tuple(
    anyClasses,
    anyWhiteLists.chain((lists) => fc.shuffledSubarray(lists)),
    fc.uniqueArray(fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"), { maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom("10.0.0.0/24", "8.0.0.0/32", "127.0.0.0/8"), { maxLength: 3 }),
    fc.constantFrom("lte" as const, "wifi" as const),
  )
  .map(([serviceClasses, whiteLists, networks, allowedPrivateRanges, access]) =>
    snapshot({
      serviceClasses,
      whiteLists,
      accessNetworks: networks.map((cidr) => ({ cidr, access, name: access.toUpperCase() })),
      allowedPrivateRanges,
    }),
  );

/** CPU seconds of this process that the work takes: wall-clock time would measure the machine's other users. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
