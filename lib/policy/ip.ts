import { type AppError, SaidError } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
import { say } from "./sentences";

/**
 * A numeric address as unsigned 32-bit words, most significant first: one for IPv4, four for IPv6.
 * An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is the IPv4 address: no rule can be passed by its other spelling.
 */
export type IpAddress = { family: 4 | 6; words: readonly number[] };

/** The addresses that share their first `prefixLength` bits with `words`; the bits after them are zero. */
export type Cidr = { family: 4 | 6; words: readonly number[]; prefixLength: number };

const zero = 48;
const nine = 57;
const dot = 46;
const colon = 58;

/** Four decimal octets without leading zeros as one unsigned word; -1 for anything else. */
function parseIpv4Word(text: string): number {
  if (text.length < 7 || text.length > 15) return -1;
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char >= zero && char <= nine) {
      if (octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + char - zero;
      if (octet > 255) return -1;
    } else {
      if (char !== dot || octet < 0) return -1;
      word = (word << 8) | octet;
      octet = -1;
      dots += 1;
    }
  }
  return dots === 3 && octet >= 0 ? ((word << 8) | octet) >>> 0 : -1;
}

/** False for every name: an IPv6 address has its first colon after at most four digits. */
function hasEarlyColon(text: string): boolean {
  for (let index = 0; index < 5 && index < text.length; index += 1) if (text.charCodeAt(index) === colon) return true;
  return false;
}

/** The 16-bit groups of one side of `::`; null where one is malformed. Only the last may be dotted IPv4. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const word = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4Word(part) : -1;
      if (word < 0) return null;
      groups.push(word >>> 16, word & 0xffff);
    }
  }
  return groups;
}

/** All eight groups, with the zeros of `::` filled in; null for anything but RFC 4291 §2.2. */
function parseIpv6Groups(text: string): number[] | null {
  if (text.length < 2 || text.length > 45) return null;
  const [left = "", right, ...rest] = text.split("::");
  if (rest.length > 0) return null;
  const head = parseGroups(left, right === undefined);
  if (head === null || right === undefined) return head?.length === 8 ? head : null;
  const tail = parseGroups(right, true);
  if (tail === null || head.length + tail.length > 7) return null;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function parseIpv6Words(text: string): number[] | null {
  const groups = parseIpv6Groups(text);
  if (groups === null) return null;
  return [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0));
}

/**
 * Read a numeric address: dotted decimal IPv4 or any RFC 4291 §2.2 spelling of IPv6, without brackets or zone.
 * Null for anything else, short and octal IPv4 forms included: those are normalised before any rule is asked.
 */
export function parseAddress(text: string): IpAddress | null {
  const word = parseIpv4Word(text);
  if (word >= 0) return { family: 4, words: [word] };
  if (!hasEarlyColon(text)) return null;
  const words = parseIpv6Words(text);
  if (words === null) return null;
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return isMapped ? { family: 4, words: words.slice(3) } : { family: 6, words };
}

/** What an address counts as where tries and connections are bounded: a host has a whole /64 of IPv6 (RFC 4291 §2.5.4). */
export function sourceKey(address: string): string {
  return parseAddress(address)?.words.slice(0, 2).join(":") ?? address;
}

/** The bits of word `index` that belong to a prefix of `prefixLength` bits, as an unsigned mask. */
export function prefixMask(prefixLength: number, index: number): number {
  const bits = Math.min(32, Math.max(0, prefixLength - index * 32));
  return bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}

function badCidr(why: Said): AppError {
  return new SaidError("POLICY_BAD_CIDR", why);
}

/**
 * Read a CIDR (`10.0.0.0/8`, `2001:db8::/32`); an address without a length is the range of itself alone.
 *
 * Errors: AppError POLICY_BAD_CIDR for a malformed one, and for bits set behind the prefix (`10.0.0.1/8`): which of
 * two ranges was meant is not for the program to guess.
 * Source: RFC 4632 §3.1; RFC 4291 §2.3.
 */
export function parseCidr(text: string): Cidr {
  const [addressText = "", lengthText, ...rest] = text.split("/");
  const address = parseAddress(addressText);
  if (address === null || rest.length > 0) throw badCidr(say("cidrNoRange", { cidr: text }));
  const { family, words } = address;
  const isMapped = family === 4 && addressText.includes(":");
  const bits = words.length * 32;
  if (lengthText !== undefined && !/^(0|[1-9][0-9]{0,2})$/.test(lengthText))
    throw badCidr(say("cidrNoLength", { cidr: text }));
  const prefixLength = lengthText === undefined ? bits : Number(lengthText) - (isMapped ? 96 : 0);
  if (prefixLength < 0 || prefixLength > bits) throw badCidr(say("cidrLengthOutOfRange", { cidr: text }));
  if (words.some((word, index) => (word & ~prefixMask(prefixLength, index)) !== 0))
    throw badCidr(say("cidrBitsBehind", { cidr: text }));
  return { family, words, prefixLength };
}

/** True where the address lies in the range. */
export function isInCidr(cidr: Cidr, address: IpAddress): boolean {
  if (cidr.family !== address.family) return false;
  return cidr.words.every(
    (word, index) => (((address.words[index] ?? 0) ^ word) & prefixMask(cidr.prefixLength, index)) === 0,
  );
}
