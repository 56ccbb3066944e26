import { isIP, isIPv4 } from "node:net";
import { domainToASCII } from "node:url";

/** A destination as a client named it: a numeric address or a DNS name, normalised. */
export type Host = { kind: "address"; address: string } | { kind: "name"; name: string };

const labelPattern = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/;
const asciiName = /^[a-z0-9_.-]+$/;
const unicodeName = /^[a-z0-9_.\-\u0080-\uffff]+$/i;

/** One part of a legacy IPv4 form: decimal, octal (`0…`) or hexadecimal (`0x…`); null where it is none of them. */
function legacyPart(text: string): number | null {
  if (/^0x0*[0-9a-f]{0,8}$/.test(text)) return text === "0x" ? 0 : Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number.parseInt(text, 10);
  return null;
}

/**
 * The address behind a short, octal, hexadecimal or plain-number IPv4 form (`127.1`, `0x7f.1`, `2130706433`).
 * Null where the text is no such form; "bad" where it looks like one and is out of range.
 * Source: inet_aton(3); WHATWG URL §3.5 "IPv4 parser".
 */
function legacyIpv4(text: string): string | "bad" | null {
  const parts = text.split(".");
  const last = parts.at(-1) ?? "";
  if (!/^(0x[0-9a-f]*|[0-9]+)$/.test(last)) return null;
  if (parts.length > 4) return "bad";
  const numbers = parts.map(legacyPart);
  let value = 0;
  for (const [index, number] of numbers.entries()) {
    if (number === null) return "bad";
    const isLast = index === numbers.length - 1;
    const limit = isLast ? 256 ** (4 - index) : 256;
    if (number >= limit) return "bad";
    value += isLast ? number : number * 256 ** (3 - index);
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/**
 * The name in lower-case A-labels; null where it cannot be one. `domainToASCII` is a URL parser at heart: it decodes
 * `%2e`, drops TAB and cuts at `/`, so nothing but letters, digits, `-`, `_` and dots may reach it.
 */
function asciiLabels(text: string): string | null {
  const lower = text.toLowerCase();
  if (asciiName.test(lower) && !lower.includes("xn--")) return lower;
  const name = unicodeName.test(text) ? domainToASCII(text) : "";
  return name === "" ? null : name;
}

/** The canonical text of an IPv6 address (RFC 5952), and of the IPv4 address where it is IPv4-mapped. */
function canonicalIpv6(text: string): string {
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped?.[1] === undefined || mapped[2] === undefined) return canonical;
  const high = Number.parseInt(mapped[1], 16);
  const low = Number.parseInt(mapped[2], 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/**
 * Bring a host into one form before any rule looks at it: lower case, no trailing dot, no brackets, IDN as A-labels,
 * every IPv4 spelling as dotted decimal, IPv4-mapped IPv6 as IPv4. Null for what is no host.
 *
 * Source: RFC 3986 §3.2.2, RFC 5891, RFC 5952.
 */
export function normaliseHost(text: string): Host | null {
  if (text.length === 0 || text.length > 255) return null;
  const isBracketed = text.startsWith("[") && text.endsWith("]");
  const bare = isBracketed ? text.slice(1, -1) : text;
  const family = isIP(bare);
  if (family === 6) return bare.includes("%") ? null : { kind: "address", address: canonicalIpv6(bare) };
  if (isBracketed) return null;
  if (isIPv4(bare)) return { kind: "address", address: bare };
  const name = asciiLabels(bare)?.replace(/\.$/, "") ?? null;
  if (name === null || name.length > 253) return null;
  const legacy = legacyIpv4(name);
  if (legacy === "bad") return null;
  if (legacy !== null) return { kind: "address", address: legacy };
  const isName = name.split(".").every((label) => label.length <= 63 && labelPattern.test(label));
  return isName ? { kind: "name", name } : null;
}

/** The address in these 16 bytes, in the form of `normaliseHost`: an IPv4-mapped one is the IPv4 address. */
export function addressOfBytes(bytes: Buffer): string {
  return canonicalIpv6(Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(":"));
}

/** The 16 bytes of an IPv6 address that `normaliseHost` or `new URL` wrote, or of `::ffff:` and an IPv4 address. */
export function ipv6Bytes(text: string): Buffer {
  const bytes = Buffer.alloc(16);
  const mapped = /^::ffff:([0-9.]+\.[0-9.]+)$/.exec(text)?.[1];
  if (mapped !== undefined) {
    bytes.set([0xff, 0xff, ...mapped.split(".").map(Number)], 10);
    return bytes;
  }
  const [left = "", right] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const head = groups(left);
  const tail = groups(right ?? "");
  const zeros = right === undefined ? [] : Array<string>(8 - head.length - tail.length).fill("0");
  for (const [index, group] of [...head, ...zeros, ...tail].entries())
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}

/** The host's text: the numeric address without brackets, or the name. */
export function hostText(host: Host): string {
  return host.kind === "address" ? host.address : host.name;
}

/** `host:port` with brackets around IPv6. */
export function authorityText(host: Host, port: number): string {
  const text = hostText(host);
  return text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
}
