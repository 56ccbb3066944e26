import { isIPv4 } from "node:net";
import { addressOfBytes, type Host, hostText, ipv6Bytes, normaliseHost } from "./host";
import { bad, done, more, type ParseResult } from "./parse-result";

/** SOCKS protocol version 5. Source: RFC 1928; user name/password: RFC 1929. */
export const socksVersion = 5;

/** RFC 1928 §3. */
export const socksMethod = { none: 0x00, userPassword: 0x02, notAcceptable: 0xff } as const;

/** RFC 1928 §4. */
export const socksCommand = { connect: 1, bind: 2, udpAssociate: 3 } as const;

/** RFC 1928 §6. */
export const socksReply = {
  succeeded: 0x00,
  generalFailure: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  connectionRefused: 0x05,
  ttlExpired: 0x06,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const;

export type SocksReplyCode = (typeof socksReply)[keyof typeof socksReply];

const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const;
const authVersion = 1;

/**
 * The reply for a failed connect(2). Source: RFC 1928 §6.
 * Errors: none; what has no code of its own is a general failure.
 */
export function socksReplyForErrno(code: string): SocksReplyCode {
  switch (code) {
    case "ECONNREFUSED":
      return socksReply.connectionRefused;
    case "ENETUNREACH":
    case "ENETDOWN":
      return socksReply.networkUnreachable;
    case "EHOSTUNREACH":
    case "ENOTFOUND":
      return socksReply.hostUnreachable;
    case "ETIMEDOUT":
      return socksReply.ttlExpired;
    default:
      return socksReply.generalFailure;
  }
}

/**
 * ```
 * +----+----------+----------+
 * |VER | NMETHODS | METHODS  |
 * +----+----------+----------+
 * | 1  |    1     | 1 to 255 |
 * ```
 * An empty list of methods is whole, and acceptable to nobody.
 */
export function parseSocksGreeting(buffer: Buffer): ParseResult<{ methods: number[] }> {
  const [version, count] = buffer;
  if (version === undefined) return more;
  if (version !== socksVersion) return bad(`SOCKS version ${version}`);
  if (count === undefined || buffer.length < 2 + count) return more;
  return done({ methods: [...buffer.subarray(2, 2 + count)] }, 2 + count);
}

export function encodeSocksGreeting(methods: number[]): Buffer {
  return Buffer.from([socksVersion, methods.length, ...methods]);
}

export function encodeSocksMethod(method: number): Buffer {
  return Buffer.from([socksVersion, method]);
}

export function parseSocksMethod(buffer: Buffer): ParseResult<{ method: number }> {
  const [version, method] = buffer;
  if (version === undefined) return more;
  if (version !== socksVersion) return bad(`SOCKS version ${version} in the method reply`);
  return method === undefined ? more : done({ method }, 2);
}

/**
 * ```
 * +----+------+----------+------+----------+
 * |VER | ULEN |  UNAME   | PLEN |  PASSWD  |
 * +----+------+----------+------+----------+
 * | 1  |  1   | 1 to 255 |  1   | 1 to 255 |
 * ```
 * Source: RFC 1929 §2. Lengths of zero are taken: they are simply wrong credentials.
 */
export function parseSocksUserPassword(buffer: Buffer): ParseResult<{ user: string; password: string }> {
  const [version, userLength] = buffer;
  if (version === undefined) return more;
  if (version !== authVersion) return bad(`user/password version ${version}`);
  if (userLength === undefined) return more;
  const passwordLength = buffer[2 + userLength];
  if (passwordLength === undefined) return more;
  const end = 3 + userLength + passwordLength;
  if (buffer.length < end) return more;
  const user = buffer.toString("utf8", 2, 2 + userLength);
  return done({ user, password: buffer.toString("utf8", 3 + userLength, end) }, end);
}

/** Both at most 255 bytes of UTF-8; RangeError otherwise. */
export function encodeSocksUserPassword(user: string, password: string): Buffer {
  const fields = [user, password].map((text) => Buffer.from(text, "utf8"));
  if (fields.some((field) => field.length > 255)) throw new RangeError("SOCKS user or password over 255 bytes");
  return Buffer.concat([
    Buffer.from([authVersion]),
    ...fields.flatMap((field) => [Buffer.from([field.length]), field]),
  ]);
}

export function encodeSocksAuthReply(isAccepted: boolean): Buffer {
  return Buffer.from([authVersion, isAccepted ? 0 : 1]);
}

export function parseSocksAuthReply(buffer: Buffer): ParseResult<{ isAccepted: boolean }> {
  const [version, status] = buffer;
  if (version === undefined) return more;
  if (version !== authVersion) return bad(`user/password version ${version} in the reply`);
  return status === undefined ? more : done({ isAccepted: status === 0 }, 2);
}

type SocksTarget = { host: Host | null; port: number; isKnownAddressType: boolean };

/** The common form of request and reply: VER, CMD or REP, RSV, ATYP, ADDR, PORT. */
function parseAddressed(buffer: Buffer): ParseResult<SocksTarget & { code: number }> {
  const [version, code] = buffer;
  if (version === undefined) return more;
  if (version !== socksVersion) return bad(`SOCKS version ${version}`);
  if (code === undefined) return more;
  const parsed = parseTarget(buffer);
  return parsed.status === "done" ? done({ code, ...parsed.value }, parsed.consumed) : parsed;
}

/** ATYP, ADDR, PORT, behind three bytes of something else. */
function parseTarget(buffer: Buffer): ParseResult<SocksTarget> {
  const [, , , type, nameLength] = buffer;
  if (type === undefined) return more;
  if (type !== addressType.ipv4 && type !== addressType.ipv6 && type !== addressType.name)
    return done({ host: null, port: 0, isKnownAddressType: false }, 4);
  if (nameLength === undefined) return more;
  const start = type === addressType.name ? 5 : 4;
  const length = type === addressType.ipv4 ? 4 : type === addressType.ipv6 ? 16 : nameLength;
  if (buffer.length < start + length + 2) return more;
  const field = buffer.subarray(start, start + length);
  const port = buffer.readUInt16BE(start + length);
  return done({ host: decodeHost(type, field), port, isKnownAddressType: true }, start + length + 2);
}

function decodeHost(type: number, field: Buffer): Host | null {
  if (type === addressType.ipv4) return { kind: "address", address: field.join(".") };
  if (type === addressType.name) return normaliseHost(field.toString("utf8"));
  return { kind: "address", address: addressOfBytes(field) };
}

export type SocksRequest = {
  command: number;
  /** Null where the address type is unknown or the name is no host. */
  host: Host | null;
  port: number;
  isKnownAddressType: boolean;
};

/**
 * ```
 * +----+-----+-------+------+----------+----------+
 * |VER | CMD |  RSV  | ATYP | DST.ADDR | DST.PORT |
 * +----+-----+-------+------+----------+----------+
 * | 1  |  1  | X'00' |  1   | Variable |    2     |
 * ```
 * Source: RFC 1928 §4, §5.
 */
export function parseSocksRequest(buffer: Buffer): ParseResult<SocksRequest> {
  const parsed = parseAddressed(buffer);
  if (parsed.status !== "done") return parsed;
  const { code, ...target } = parsed.value;
  return done({ command: code, ...target }, parsed.consumed);
}

function encodeAddressed(code: number, host: Host, port: number): Buffer {
  return encodeTarget(Buffer.from([socksVersion, code, 0]), host, port);
}

function encodeTarget(head: Buffer, host: Host, port: number): Buffer {
  const text = hostText(host);
  const tail = Buffer.from([port >> 8, port & 255]);
  if (host.kind === "name") {
    const name = Buffer.from(text, "latin1");
    return Buffer.concat([head, Buffer.from([addressType.name, name.length]), name, tail]);
  }
  if (isIPv4(text)) return Buffer.concat([head, Buffer.from([addressType.ipv4, ...text.split(".").map(Number)]), tail]);
  return Buffer.concat([head, Buffer.from([addressType.ipv6]), ipv6Bytes(text), tail]);
}

export function encodeSocksRequest(command: number, host: Host, port: number): Buffer {
  return encodeAddressed(command, host, port);
}

const unspecified: Host = { kind: "address", address: "0.0.0.0" };

/**
 * A reply carries the bound address, in any spelling the system gives it; clients ignore it for CONNECT, so the
 * unspecified one is sent where none is known or it has a zone.
 */
export function encodeSocksReply(code: SocksReplyCode, address = "0.0.0.0", port = 0): Buffer {
  const host = normaliseHost(address);
  return encodeAddressed(code, host?.kind === "address" ? host : unspecified, port);
}

export function parseSocksReply(buffer: Buffer): ParseResult<{ code: number }> {
  const parsed = parseAddressed(buffer);
  if (parsed.status !== "done") return parsed;
  if (!parsed.value.isKnownAddressType) return bad("unknown address type in the SOCKS reply");
  return done({ code: parsed.value.code }, parsed.consumed);
}

/** One datagram between a client and the relay; `host` null: it names none. */
export type SocksDatagram = { fragment: number; host: Host | null; port: number; data: Buffer };

const datagramHead = Buffer.alloc(3);

/**
 * ```
 * +----+------+------+----------+----------+----------+
 * |RSV | FRAG | ATYP | DST.ADDR | DST.PORT |   DATA   |
 * +----+------+------+----------+----------+----------+
 * | 2  |  1   |  1   | Variable |    2     | Variable |
 * ```
 * Source: RFC 1928 §7. Null: it is cut off.
 */
export function parseSocksDatagram(buffer: Buffer): SocksDatagram | null {
  const parsed = parseTarget(buffer);
  const [, , fragment] = buffer;
  if (parsed.status !== "done" || fragment === undefined) return null;
  const { host, port } = parsed.value;
  return { fragment, host, port, data: buffer.subarray(parsed.consumed) };
}

/** A whole one; of the relay's, `host` is whose answer it is. */
export function encodeSocksDatagram(host: Host, port: number, data: Uint8Array): Buffer {
  return Buffer.concat([encodeTarget(datagramHead, host, port), data]);
}
