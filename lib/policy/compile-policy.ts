import { parseAddress } from "./ip";
import type { AccessKind, AccessNetworkInput, PolicyContentInput } from "./policy-input";
import { PrefixTable } from "./prefix-table";
import { WhiteListMatcher } from "./white-list-matcher";

/** The part of a policy snapshot that decisions need. */
export type PolicyInput<Class extends { id: string }> = PolicyContentInput<Class> & { version: number };

/** A policy snapshot made ready for the connection path; immutable. */
export type CompiledPolicy<Class extends { id: string } = { id: string }> = {
  readonly version: number;
  readonly matcher: WhiteListMatcher;
  readonly accessNetworks: PrefixTable<AccessNetworkInput>;
  /** CIDR to itself, for the sentence of a decision. */
  readonly allowedRanges: PrefixTable<string>;
  readonly ownAddresses: PrefixTable<true>;
  readonly serviceClasses: ReadonlyMap<string, Class>;
};

const loopback = new PrefixTable<true>(["127.0.0.0/8", "::1/128"].map((cidr) => ({ cidr, value: true })));

function ownAddressTable(addresses: readonly string[]): PrefixTable<true> {
  const outside = addresses.filter((address) => {
    const parsed = parseAddress(address);
    return parsed !== null && loopback.find(parsed) === null;
  });
  return new PrefixTable(outside.map((cidr) => ({ cidr, value: true })));
}

/**
 * Make a policy snapshot ready for decisions.
 *
 * @param ownAddresses numeric addresses of this node, never a destination; loopback among them is left to
 *   `allowedPrivateRanges`, and scoped link-local ones (`fe80::1%eth0`) to the refused ranges
 * Errors: AppError POLICY_BAD_CIDR, POLICY_BAD_RULE: the snapshot is unfit, keep the one before.
 */
export function compilePolicy<Class extends { id: string }>(
  snapshot: PolicyInput<Class>,
  ownAddresses: readonly string[] = [],
): CompiledPolicy<Class> {
  return {
    version: snapshot.version,
    matcher: new WhiteListMatcher(snapshot.whiteLists),
    accessNetworks: new PrefixTable(snapshot.accessNetworks.map((network) => ({ cidr: network.cidr, value: network }))),
    allowedRanges: new PrefixTable(snapshot.allowedPrivateRanges.map((cidr) => ({ cidr, value: cidr }))),
    ownAddresses: ownAddressTable(ownAddresses),
    serviceClasses: new Map(snapshot.serviceClasses.map((serviceClass) => [serviceClass.id, serviceClass])),
  };
}

/** The same policy after this node's addresses changed; nothing else is compiled anew. */
export function withOwnAddresses<Class extends { id: string }>(
  policy: CompiledPolicy<Class>,
  ownAddresses: readonly string[],
): CompiledPolicy<Class> {
  return { ...policy, ownAddresses: ownAddressTable(ownAddresses) };
}

/** The access network an address belongs to, with the entry that says so; "other" with nulls where none holds it. */
export type AccessExplanation = { access: AccessKind; name: string | null; cidr: string | null };

/** The access network an address belongs to, and the entry that says so: longest prefix wins. */
export function explainAccess(policy: Pick<CompiledPolicy, "accessNetworks">, address: string): AccessExplanation {
  const parsed = parseAddress(address);
  const network = parsed === null ? null : policy.accessNetworks.find(parsed);
  return network === null
    ? { access: "other", name: null, cidr: null }
    : { access: network.access, name: network.name, cidr: network.cidr };
}

/** The access network an address belongs to: longest prefix wins; "other" where no prefix holds it. */
export function classifyAccess(policy: Pick<CompiledPolicy, "accessNetworks">, address: string): AccessKind {
  const parsed = parseAddress(address);
  return (parsed === null ? null : policy.accessNetworks.find(parsed))?.access ?? "other";
}
