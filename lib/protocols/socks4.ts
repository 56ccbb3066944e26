import { type Host, normaliseHost } from "./host";
import { done, more, type ParseResult, tooLarge } from "./parse-result";

/** SOCKS protocol version 4. Source: "SOCKS: A protocol for TCP proxy across firewalls" (Ying-Da Lee); 4A: its extension. */
export const socks4Version = 4;

export const socks4Command = { connect: 1, bind: 2 } as const;

/** CD of the reply. 92 and 93 are about the user id; 92 says that the client's identd could not be asked. */
export const socks4Reply = { granted: 90, rejected: 91, identdUnreachable: 92, wrongUser: 93 } as const;

export type Socks4ReplyCode = (typeof socks4Reply)[keyof typeof socks4Reply];

/** A device id and a secret of 255 bytes each (RFC 1929's limits) with a colon between. */
const maxUserBytes = 511;
const maxNameBytes = 255;
const headBytes = 8;

export type Socks4Request = {
  command: number;
  user: string;
  /** Null where the name is no host. */
  host: Host | null;
  port: number;
};

/** The field from `start` to its NUL, which is not part of it; `end` is behind the NUL. */
function parseField(buffer: Buffer, start: number, maxBytes: number): ParseResult<Buffer> {
  const length = buffer.subarray(start, start + maxBytes + 1).indexOf(0);
  if (length >= 0) return done(buffer.subarray(start, start + length), start + length + 1);
  return buffer.length > start + maxBytes ? tooLarge(`a SOCKS 4 field over ${maxBytes} bytes`) : more;
}

/**
 * ```
 * +----+----+---------+-------+--------+------+--------+------+
 * | VN | CD | DSTPORT | DSTIP | USERID | NULL |  NAME  | NULL |
 * +----+----+---------+-------+--------+------+--------+------+
 * | 4  | 1  |    2    |   4   |  <512  |  1   |  <256  |  1   |
 * ```
 * NAME is there only behind an address 0.0.0.x with x above 0, which says that the client leaves DNS to us (4A).
 */
export function parseSocks4Request(buffer: Buffer): ParseResult<Socks4Request> {
  const [, command] = buffer;
  if (command === undefined || buffer.length < headBytes) return more;
  const port = buffer.readUInt16BE(2);
  const address = buffer.readUInt32BE(4);
  const user = parseField(buffer, headBytes, maxUserBytes);
  if (user.status !== "done") return user;
  const asked = { command, user: user.value.toString("utf8"), port };
  if (address === 0 || address > 255)
    return done({ ...asked, host: normaliseHost(buffer.subarray(4, 8).join(".")) }, user.consumed);
  const name = parseField(buffer, user.consumed, maxNameBytes);
  if (name.status !== "done") return name;
  return done({ ...asked, host: normaliseHost(name.value.toString("utf8")) }, name.consumed);
}

/** VN is 0 in a reply; port and address mean something for BIND only. */
export function encodeSocks4Reply(code: Socks4ReplyCode): Buffer {
  return Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);
}
