import { PrefixTable, parseAddress } from "@/lib/policy";

/** The addresses of some prefixes. */
export type AddressSet = PrefixTable<true>;

/** `cidrs` as parseCidr takes them. */
export function addressSet(cidrs: readonly string[]): AddressSet {
  return new PrefixTable(cidrs.map((cidr) => ({ cidr, value: true as const })));
}

export function isInSet(set: AddressSet, address: string): boolean {
  if (set.size === 0) return false;
  const parsed = parseAddress(address);
  return parsed !== null && set.find(parsed) === true;
}
