import { isIPv4 } from "node:net";
import { addressOfBytes, ipv6Bytes, normaliseHost } from "./host";
import { bad, done, more, type ParseResult } from "./parse-result";

/** The 0-RTT TCP Convert Protocol, version 1. Source: RFC 8803; numbers: its §6.1, Table 1 and Table 2. */
export const convertVersion = 1;
/** Messages begin with their version: so low a byte begins no other protocol of a proxy's port. */
export const lastConvertVersion = 3;
const magicNumber = 0x2263;
const headerBytes = 4;
const wordBytes = 4;
const maxMessageBytes = 255 * wordBytes;
const connectBytes = 20;

/** RFC 8803 §6.2.2; `name` is ours, of those for private use (§10.2.2). */
export const convertTlv = {
  info: 1,
  connect: 10,
  extendedTcpHeader: 20,
  supportedTcpExtensions: 21,
  cookie: 22,
  error: 30,
  name: 192,
} as const;

/** RFC 8803 §6.2.8, Table 2. */
export const convertError = {
  unsupportedVersion: 0,
  malformedMessage: 1,
  unsupportedMessage: 2,
  missingCookie: 3,
  notAuthorized: 32,
  unsupportedTcpOption: 33,
  resourceExceeded: 64,
  networkFailure: 65,
  connectionReset: 96,
  destinationUnreachable: 97,
} as const;

/** Not so multicast, broadcast and loopback addresses: those are malformed (RFC 8803 §6.2.5, RFC 6890). */
export function isConvertAddress(address: string): boolean {
  return !/^(127\.|2(2[4-9]|3[0-9])\.|255\.255\.255\.255$|::1$|ff)/.test(address);
}

/** Kind and value of a TCP option; the value is empty where the option is only asked for. */
export type TcpOption = { kind: number; value: Buffer };

export type ConvertTlv =
  | { type: "info" }
  /** `address` as `normaliseHost` writes it; on the wire IPv4 is IPv4-mapped. */
  | { type: "connect"; address: string; port: number; options: TcpOption[] }
  /** The options of the server's SYN+ACK as they came, padded. */
  | { type: "extended-tcp-header"; header: Buffer }
  | { type: "supported-tcp-extensions"; kinds: number[] }
  /** With the zeros that pad it. */
  | { type: "cookie"; cookie: Buffer }
  /** `value` begins with the byte after the code, and has the zeros that pad it. */
  | { type: "error"; code: number; value: Buffer }
  /** The name behind the Connect TLV's address, for a proxy whose rules are about names. */
  | { type: "name"; name: string }
  | { type: "unknown"; code: number; value: Buffer };

/** A message, and all its bytes, which some errors have to echo. */
export type ConvertMessage = { bytes: Buffer } & (
  | { kind: "tlvs"; tlvs: ConvertTlv[] }
  /** Only the fixed header was taken: what follows it is unknown. */
  | { kind: "other-version"; version: number }
  | { kind: "malformed"; reason: string }
);

type Decoded = ConvertTlv | string;

/** The options, or what is wrong with them. Padding ends them; NOP has no length (RFC 8803 §6.2.5, RFC 9293 §3.1). */
function decodeOptions(field: Buffer): TcpOption[] | string {
  const options: TcpOption[] = [];
  for (let at = 0; at < field.length; ) {
    const [kind = 0, length = 0] = field.subarray(at);
    if (kind === 0) return field.subarray(at).some((byte) => byte !== 0) ? "a TCP option after the last one" : options;
    if (kind === 1) at += 1;
    else {
      if (length < 2 || at + length > field.length) return `TCP option ${kind} with length ${length}`;
      options.push({ kind, value: field.subarray(at + 2, at + length) });
      at += length;
    }
  }
  return options;
}

function decodeConnect(value: Buffer): Decoded {
  if (value.length < connectBytes - 2) return "a Connect TLV that is too short";
  const options = decodeOptions(value.subarray(connectBytes - 2));
  if (typeof options === "string") return options;
  return { type: "connect", address: addressOfBytes(value.subarray(2, 18)), port: value.readUInt16BE(0), options };
}

function decodeName(value: Buffer): Decoded {
  const [length = 0] = value;
  const padding = value.subarray(1 + length);
  const host = length < value.length ? normaliseHost(value.toString("utf8", 1, 1 + length)) : null;
  if (host?.kind !== "name" || padding.some((byte) => byte !== 0)) return "a name that is none";
  return { type: "name", name: host.name };
}

/** The TLV with this type and these bytes after its length; what is wrong with it where it cannot be one. */
function decodeTlv(code: number, value: Buffer): Decoded {
  switch (code) {
    case convertTlv.info:
      return value.length === 2 ? { type: "info" } : "an Info TLV that is too long";
    case convertTlv.connect:
      return decodeConnect(value);
    case convertTlv.extendedTcpHeader:
      return { type: "extended-tcp-header", header: value.subarray(2) };
    case convertTlv.supportedTcpExtensions:
      return { type: "supported-tcp-extensions", kinds: [...value.subarray(2)].filter((kind) => kind !== 0) };
    case convertTlv.cookie:
      return { type: "cookie", cookie: value.subarray(2) };
    case convertTlv.error:
      return { type: "error", code: value[0] ?? 0, value: value.subarray(1) };
    case convertTlv.name:
      return decodeName(value);
    default:
      return { type: "unknown", code, value };
  }
}

function decodeTlvs(field: Buffer): ConvertTlv[] | string {
  const tlvs: ConvertTlv[] = [];
  const seen = new Set<number>();
  for (let at = 0; at < field.length; ) {
    const [code = 0, words = 0] = field.subarray(at);
    const end = at + words * wordBytes;
    if (words === 0 || end > field.length) return `TLV ${code} with length ${words}`;
    if (seen.has(code)) return `TLV ${code} twice`;
    seen.add(code);
    const tlv = decodeTlv(code, field.subarray(at + 2, end));
    if (typeof tlv === "string") return tlv;
    tlvs.push(tlv);
    at = end;
  }
  return tlvs.length === 0 ? "no TLV" : tlvs;
}

/**
 * ```
 * +---------------+---------------+-------------------------------+
 * |    Version    | Total Length  |     Magic Number (0x2263)     |
 * +---------------+---------------+-------------------------------+
 * |     Type      |    Length     |           Value ...           |   one TLV or more
 * ```
 * Both lengths count 32-bit words and what they stand in. What is Convert but cannot be answered by doing it is `done`
 * too, for it has an answer; `bad` is what is no Convert, or must be reset without one (a total length of zero).
 * Source: RFC 8803 §6.1, §6.2.1.
 */
export function parseConvert(buffer: Buffer): ParseResult<ConvertMessage> {
  const [version, words, magicHigh, magicLow] = buffer;
  if (words === 0) return bad("a Convert message of no length");
  if (magicHigh !== undefined && magicHigh !== magicNumber >> 8) return bad("no Convert message");
  if (magicLow !== undefined && magicLow !== (magicNumber & 255)) return bad("no Convert message");
  if (version === undefined || words === undefined || magicLow === undefined) return more;
  if (version !== convertVersion) {
    const bytes = buffer.subarray(0, headerBytes);
    return done({ kind: "other-version", version, bytes }, headerBytes);
  }
  const length = words * wordBytes;
  if (buffer.length < length) return more;
  const bytes = buffer.subarray(0, length);
  const tlvs = decodeTlvs(bytes.subarray(headerBytes));
  if (typeof tlvs === "string") return done({ kind: "malformed", reason: tlvs, bytes }, length);
  return done({ kind: "tlvs", tlvs, bytes }, length);
}

function encodeConnect({ address, port, options }: Extract<ConvertTlv, { type: "connect" }>): Buffer {
  const ipv6 = isIPv4(address) ? `::ffff:${address}` : address;
  const fields = options.flatMap(({ kind, value }) => [Buffer.from([kind, 2 + value.length]), value]);
  return Buffer.concat([Buffer.from([port >> 8, port & 255]), ipv6Bytes(ipv6), ...fields]);
}

const zeros = Buffer.alloc(2);

function encodeTlv(tlv: ConvertTlv): { code: number; value: Buffer } {
  switch (tlv.type) {
    case "info":
      return { code: convertTlv.info, value: zeros };
    case "connect":
      return { code: convertTlv.connect, value: encodeConnect(tlv) };
    case "extended-tcp-header":
      return { code: convertTlv.extendedTcpHeader, value: Buffer.concat([zeros, tlv.header]) };
    case "supported-tcp-extensions":
      return { code: convertTlv.supportedTcpExtensions, value: Buffer.concat([zeros, Buffer.from(tlv.kinds)]) };
    case "cookie":
      return { code: convertTlv.cookie, value: Buffer.concat([zeros, tlv.cookie]) };
    case "error":
      return { code: convertTlv.error, value: Buffer.concat([Buffer.from([tlv.code]), tlv.value]) };
    case "name":
      return { code: convertTlv.name, value: Buffer.from([tlv.name.length, ...Buffer.from(tlv.name, "latin1")]) };
    case "unknown":
      return tlv;
  }
}

/** A version 1 message. Errors: RangeError over 1020 bytes. */
export function encodeConvert(tlvs: readonly ConvertTlv[]): Buffer {
  const parts = tlvs.map((tlv) => {
    const { code, value } = encodeTlv(tlv);
    const words = Math.ceil((2 + value.length) / wordBytes);
    const part = Buffer.alloc(words * wordBytes);
    part.set([code, words & 255]);
    part.set(value, 2);
    return part;
  });
  const length = headerBytes + parts.reduce((sum, part) => sum + part.length, 0);
  if (length > maxMessageBytes) throw new RangeError(`a Convert message of ${length} bytes`);
  const header = Buffer.from([convertVersion, length / wordBytes, magicNumber >> 8, magicNumber & 255]);
  return Buffer.concat([header, ...parts]);
}

/** An answer that only refuses. `value` as in the TLV. */
export function encodeConvertError(code: number, value: Buffer = Buffer.alloc(1)): Buffer {
  return encodeConvert([{ type: "error", code, value }]);
}

/** An error that echoes the message it is about, as much of it as fits (RFC 8803 §6.2.8, Figure 23). */
export function encodeConvertEcho(code: number, message: Buffer): Buffer {
  const echo = message.subarray(0, maxMessageBytes - headerBytes - wordBytes);
  return encodeConvertError(code, Buffer.concat([Buffer.alloc(1), echo]));
}
