import { type Cidr, type IpAddress, parseAddress } from "./ip";
import { PrefixTable } from "./prefix-table";

/**
 * Ranges that are never a content provider on the Internet, with the document that says so. Registries: RFC 6890 and
 * the IANA special-purpose address registries. Cloud metadata services are listed by name where they lie in public
 * space or deserve their own word in a log.
 */
const ranges: readonly (readonly [cidr: string, name: string])[] = [
  ["0.0.0.0/8", "unspecified, this network (RFC 791, RFC 1122)"],
  ["10.0.0.0/8", "private (RFC 1918)"],
  ["100.64.0.0/10", "carrier-grade NAT (RFC 6598)"],
  ["127.0.0.0/8", "loopback (RFC 1122)"],
  ["168.63.129.16/32", "cloud metadata (Azure)"],
  ["169.254.0.0/16", "link-local (RFC 3927)"],
  ["169.254.169.254/32", "cloud metadata, link-local (RFC 3927)"],
  ["172.16.0.0/12", "private (RFC 1918)"],
  ["192.0.0.0/24", "IETF protocol assignments (RFC 6890)"],
  ["192.0.2.0/24", "documentation (RFC 5737)"],
  ["192.88.99.0/24", "6to4 relay (RFC 7526)"],
  ["192.168.0.0/16", "private (RFC 1918)"],
  ["198.18.0.0/15", "benchmarking (RFC 2544)"],
  ["198.51.100.0/24", "documentation (RFC 5737)"],
  ["203.0.113.0/24", "documentation (RFC 5737)"],
  ["224.0.0.0/4", "multicast (RFC 1112)"],
  ["240.0.0.0/4", "reserved (RFC 1112)"],
  ["255.255.255.255/32", "limited broadcast (RFC 919)"],
  // Only 2000::/3 is handed out for global unicast; what follows names the parts of the rest that clients do try.
  ["::/0", "outside IPv6 global unicast (RFC 4291)"],
  ["::/96", "IPv4-compatible (RFC 4291)"],
  ["::/128", "unspecified (RFC 4291)"],
  ["::1/128", "loopback (RFC 4291)"],
  ["::ffff:0:0:0/96", "IPv4-translated (RFC 2765)"],
  ["64:ff9b::/96", "NAT64 (RFC 6052)"],
  ["64:ff9b:1::/48", "local-use NAT64 (RFC 8215)"],
  ["100::/64", "discard-only (RFC 6666)"],
  ["2001::/23", "IETF protocol assignments (RFC 2928)"],
  ["2001::/32", "Teredo (RFC 4380)"],
  ["2001:2::/48", "benchmarking (RFC 5180)"],
  ["2001:db8::/32", "documentation (RFC 3849)"],
  ["2002::/16", "6to4 (RFC 3056)"],
  ["3fff::/20", "documentation (RFC 9637)"],
  ["5f00::/16", "segment routing (RFC 9602)"],
  ["fc00::/7", "unique local (RFC 4193)"],
  ["fd00:ec2::254/128", "cloud metadata, unique local (RFC 4193)"],
  ["fe80::/10", "link-local (RFC 4291)"],
  ["fec0::/10", "site-local (RFC 3879)"],
  ["ff00::/8", "multicast (RFC 4291)"],
];

const globalUnicast = ["2000::/3", null] as const;

const table = new PrefixTable<string | null>([...ranges, globalUnicast].map(([cidr, value]) => ({ cidr, value })));

/** Like `refusedRange`, for an address that was read already. */
export function refusedRangeOf(address: IpAddress): string | null {
  return table.find(address);
}

/** True where every address of the range is refused by default. */
export function isWhollyRefused(cidr: Cidr): boolean {
  return table.isEvery(cidr, (range) => range !== null);
}

/** True where no address of the range is refused by default. */
export function isWhollyPublic(cidr: Cidr): boolean {
  return table.isEvery(cidr, (range) => range === null);
}

/**
 * Why an address is refused as a destination by default: the name of its special range and the document behind it.
 * Null for a public address. What is no numeric address is refused too. IPv4-mapped IPv6 counts as its IPv4 address.
 *
 * Source: RFC 6890, RFC 8190; IANA IPv4 and IPv6 special-purpose address registries.
 */
export function refusedRange(address: string): string | null {
  const parsed = parseAddress(address);
  return parsed === null ? "no numeric address" : refusedRangeOf(parsed);
}
