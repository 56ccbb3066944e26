import { isIPv4, isIPv6 } from "node:net";
import { addressOfBytes, ipv6Bytes, normaliseHost } from "./host";
import { bad, done, more, type ParseResult, tooLarge } from "./parse-result";

/**
 * HAProxy's PROXY protocol: who a connection comes from, said before its first byte by the balancer it came through.
 * Source: haproxy doc/proxy-protocol.txt, version 1 (§2.1) and version 2 (§2.2).
 */
export type ProxyEnd = { address: string; port: number };

/** Null ends: the sender speaks for itself (a health check), or of no address that we know. */
export type ProxyHeader = { ends: { source: ProxyEnd; destination: ProxyEnd } | null };

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const fixedBytes = 16;
/** With its addresses and what senders add to them; the field would allow 65,535. */
const maxBlockBytes = 4096;
/** §2.1: 107 bytes with CRLF. */
const maxLineBytes = 107;

const version2 = 0x20;
const command = { local: 0, proxy: 1 } as const;
/** Family and transport; UDP does not belong here. */
const family = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unix: 0x31 } as const;
const withoutAddress: ReadonlySet<number> = new Set([family.unspecified, family.unix]);

/** Either version, by the first byte; anything else is bad, for nobody may guess. */
export function parseProxyHeader(buffer: Buffer): ParseResult<ProxyHeader> {
  const [first] = buffer;
  if (first === undefined) return more;
  if (first === signature[0]) return parseVersion2(buffer);
  return first === 0x50 ? parseVersion1(buffer) : bad("no PROXY protocol header");
}

/**
 * ```
 * +-----------+-----+-----+-----+---------+---------+----------+----------+------+
 * | signature | VER | FAM | LEN | SRC     | DST     | SRC.PORT | DST.PORT | TLVs |
 * |           | CMD |     |     |         |         |          |          |      |
 * +-----------+-----+-----+-----+---------+---------+----------+----------+------+
 * |    12     |  1  |  1  |  2  | 4 or 16 | 4 or 16 |    2     |    2     |      |
 * ```
 */
function parseVersion2(buffer: Buffer): ParseResult<ProxyHeader> {
  const known = Math.min(buffer.length, signature.length);
  if (!buffer.subarray(0, known).equals(signature.subarray(0, known))) return bad("no PROXY protocol signature");
  const [versionAndCommand, kind] = buffer.subarray(signature.length);
  if (versionAndCommand === undefined) return more;
  const asked = versionAndCommand & 0x0f;
  if ((versionAndCommand & 0xf0) !== version2 || asked > command.proxy)
    return bad(`PROXY protocol version and command ${versionAndCommand}`);
  if (kind === undefined || buffer.length < fixedBytes) return more;
  const length = buffer.readUInt16BE(14);
  if (length > maxBlockBytes) return tooLarge(`a PROXY protocol header over ${maxBlockBytes} bytes`);
  const size = kind === family.tcp4 ? 4 : kind === family.tcp6 ? 16 : 0;
  const isUnknown = size === 0 && !withoutAddress.has(kind);
  if (asked === command.proxy && (isUnknown || length < size * 2 + (size > 0 ? 4 : 0)))
    return bad(`PROXY protocol family ${kind} with ${length} bytes`);
  const end = fixedBytes + length;
  if (buffer.length < end) return more;
  if (asked === command.local || size === 0) return done({ ends: null }, end);
  const block = buffer.subarray(fixedBytes, end);
  const ports = size * 2;
  const source = endOf(addressText(block.subarray(0, size)), block.readUInt16BE(ports));
  const destination = endOf(addressText(block.subarray(size, ports)), block.readUInt16BE(ports + 2));
  return source === null || destination === null
    ? bad("PROXY protocol addresses that are none")
    : done({ ends: { source, destination } }, end);
}

/** `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n`, or `PROXY UNKNOWN…\r\n`. */
function parseVersion1(buffer: Buffer): ParseResult<ProxyHeader> {
  const length = buffer.subarray(0, maxLineBytes).indexOf("\r\n");
  if (length < 0) {
    const start = "PROXY ";
    if (!start.startsWith(buffer.toString("latin1", 0, start.length))) return bad("no PROXY protocol header");
    return buffer.length < maxLineBytes ? more : tooLarge(`a PROXY protocol line over ${maxLineBytes} bytes`);
  }
  const line = buffer.toString("latin1", 0, length);
  const consumed = length + 2;
  if (/^PROXY UNKNOWN( |$)/.test(line)) return done({ ends: null }, consumed);
  const match = /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line);
  const isFamily = match?.[1] === "4" ? isIPv4 : isIPv6;
  const [source, destination] = [
    [match?.[2], match?.[4]],
    [match?.[3], match?.[5]],
  ].map(([address = "", port]) => (isFamily(address) ? endOf(address, Number(port)) : null));
  if (source == null || destination == null) return bad("a PROXY protocol line that names no two ends");
  return done({ ends: { source, destination } }, consumed);
}

function addressText(bytes: Buffer): string {
  return bytes.length === 4 ? bytes.join(".") : addressOfBytes(bytes);
}

/** The 4 bytes of an IPv4 address where both ends are of that family, else 16: IPv4 is IPv4-mapped there. */
function addressBytes(address: string, isV4: boolean): Buffer {
  if (isV4) return Buffer.from(address.split(".").map(Number));
  return ipv6Bytes(isIPv4(address) ? `::ffff:${address}` : address);
}

function endOf(text: string, port: number): ProxyEnd | null {
  const host = normaliseHost(text);
  return host?.kind === "address" && port <= 65_535 ? { address: host.address, port } : null;
}

/** Version 2. Both ends numeric; where they are of different families both go as IPv6. */
export function encodeProxyHeader({ source, destination }: { source: ProxyEnd; destination: ProxyEnd }): Buffer {
  const isV4 = isIPv4(source.address) && isIPv4(destination.address);
  const addresses = [source, destination].map(({ address }) => addressBytes(address, isV4));
  const block = Buffer.concat([...addresses, Buffer.alloc(4)]);
  block.writeUInt16BE(source.port, block.length - 4);
  block.writeUInt16BE(destination.port, block.length - 2);
  const head = [version2 | command.proxy, isV4 ? family.tcp4 : family.tcp6, 0, block.length];
  return Buffer.concat([signature, Buffer.from(head), block]);
}
