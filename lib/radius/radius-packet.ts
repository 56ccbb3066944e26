import { createHash, timingSafeEqual } from "node:crypto";

/*
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Code      |  Identifier   |            Length             |
 *   +---------------+---------------+-------------------------------+
 *   |                    Authenticator, 16 octets                   |
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |    Length     |  Value, 0 to 253 octets, …
 *   +---------------+---------------+----
 */

/** Source: RFC 2865 §3; RFC 2866 §4. */
export const radiusCode = { accountingRequest: 4, accountingResponse: 5 } as const;
const headerBytes = 20;
const authenticatorAt = 4;
const maxPacketBytes = 4095;
const maxValueBytes = 253;

export type Attribute = { type: number; value: Buffer };
export type RadiusPacket = { code: number; identifier: number; authenticator: Buffer; attributes: Attribute[] };

/** A 32-bit unsigned number, most significant octet first. Source: RFC 2865 §5 (integer, time). */
export function numberAttribute(type: number, value: number): Attribute {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { type, value: bytes };
}

/** UTF-8, cut off at a character where it is longer than an attribute holds. Source: RFC 2865 §5 (text). */
export function textAttribute(type: number, text: string): Attribute {
  const bytes = Buffer.from(text, "utf8");
  let end = Math.min(bytes.length, maxValueBytes);
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { type, value: bytes.subarray(0, end) };
}

/** What a packet is, with another authenticator than its own. */
function digest(bytes: Buffer, authenticator: Buffer, secret: string): Buffer {
  return createHash("md5")
    .update(bytes.subarray(0, authenticatorAt))
    .update(authenticator)
    .update(bytes.subarray(headerBytes))
    .update(secret)
    .digest();
}

/**
 * An Accounting-Request. Its authenticator is MD5 (Code + Identifier + Length + 16 zeros + Attributes + secret).
 *
 * @param identifier 0 to 255
 * @param attributes at most 4075 octets in all, and no value longer than 253
 * Source: RFC 2866 §3.
 */
export function encodeAccountingRequest(identifier: number, attributes: readonly Attribute[], secret: string): Buffer {
  const head = Buffer.alloc(headerBytes);
  const bytes = Buffer.concat([
    head,
    ...attributes.flatMap(({ type, value }) => [Buffer.from([type, value.length + 2]), value]),
  ]);
  bytes.writeUInt8(radiusCode.accountingRequest, 0);
  bytes.writeUInt8(identifier, 1);
  bytes.writeUInt16BE(bytes.length, 2);
  digest(bytes, Buffer.alloc(headerBytes - authenticatorAt), secret).copy(bytes, authenticatorAt);
  return bytes;
}

/** The packet at the beginning of a datagram, whose rest is padding; null for one that is malformed. Source: RFC 2865 §3. */
export function decodeRadiusPacket(datagram: Buffer): RadiusPacket | null {
  if (datagram.length < headerBytes) return null;
  const length = datagram.readUInt16BE(2);
  if (length < headerBytes || length > maxPacketBytes || length > datagram.length) return null;
  const attributes: Attribute[] = [];
  for (let at = headerBytes; at < length; ) {
    const [type = 0, size = 0] = datagram.subarray(at, Math.min(at + 2, length));
    if (size < 2 || at + size > length) return null;
    attributes.push({ type, value: datagram.subarray(at + 2, at + size) });
    at += size;
  }
  const authenticator = datagram.subarray(authenticatorAt, headerBytes);
  return { code: datagram.readUInt8(0), identifier: datagram.readUInt8(1), authenticator, attributes };
}

/**
 * Whether a datagram is the Accounting-Response to this request, by somebody who knows the secret: its authenticator is
 * MD5 (Code + Identifier + Length + the request's authenticator + Attributes + secret).
 *
 * Source: RFC 2866 §3.
 */
export function isResponseTo(datagram: Buffer, request: Buffer, secret: string): boolean {
  const packet = decodeRadiusPacket(datagram);
  if (packet?.code !== radiusCode.accountingResponse || packet.identifier !== request.readUInt8(1)) return false;
  const bytes = datagram.subarray(0, datagram.readUInt16BE(2));
  const expected = digest(bytes, request.subarray(authenticatorAt, headerBytes), secret);
  return timingSafeEqual(expected, packet.authenticator);
}
