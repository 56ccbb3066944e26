import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import {
  type ConvertTlv,
  convertError,
  encodeConvert,
  isConvertAddress,
  lastConvertVersion,
  parseConvert,
} from "./convert";
import type { Host } from "./host";
import { type ByteStream, MessageReader } from "./message-reader";
import type { SocksAnswer } from "./request-through-socks";
import { encodeSocksUserPassword, type SocksReplyCode, socksReply } from "./socks5";

/** Whether a destination can be asked for by Convert. */
export function isConvertible(host: Host): boolean {
  return host.kind === "name" || isConvertAddress(host.address);
}

/**
 * The cookie that authenticates a device: the user/password message of RFC 1929 §2, which has its own lengths, so that
 * padding does no harm. Errors: RangeError where one is over 255 bytes.
 */
export function encodeConvertCookie(user: string, password: string): Buffer {
  return encodeSocksUserPassword(user, password);
}

/**
 * What asks a proxy for a connection in one message; the program's bytes follow it without waiting (RFC 8803 §6). A name
 * goes in a TLV for private use, beside an unspecified address: the proxy resolves it, as for SOCKS.
 */
export function encodeConvertRequest(
  credentials: { user: string; password: string },
  host: Host,
  port: number,
): Buffer {
  const address = host.kind === "address" ? host.address : "::";
  const named: ConvertTlv[] = host.kind === "name" ? [{ type: "name", name: host.name }] : [];
  const cookie = encodeConvertCookie(credentials.user, credentials.password);
  return encodeConvert([{ type: "connect", address, port, options: [] }, ...named, { type: "cookie", cookie }]);
}

const { notAuthorized, connectionReset, destinationUnreachable, networkFailure, resourceExceeded } = convertError;

/** The SOCKS reply that says the same; null where another protocol may do better. */
function replyForError(code: number, value: Buffer): SocksReplyCode | null {
  switch (code) {
    case notAuthorized:
      return socksReply.notAllowed;
    case connectionReset:
      return socksReply.connectionRefused;
    case destinationUnreachable:
      return value[0] === 0 ? socksReply.networkUnreachable : socksReply.hostUnreachable;
    case networkFailure:
      return socksReply.ttlExpired;
    case resourceExceeded:
      return socksReply.generalFailure;
    default:
      return null;
  }
}

/**
 * Read a proxy's answer to `encodeConvertRequest`.
 *
 * Errors: AppError CONVERT_NOT_SPOKEN where it speaks no Convert, or not this request's: ask it by SOCKS;
 * PROTOCOL_ENDED inside a message.
 */
export async function readConvertAnswer(stream: ByteStream): Promise<SocksAnswer> {
  const reader = new MessageReader(stream);
  const notSpoken = (reason: string): AppError =>
    new AppError("CONVERT_NOT_SPOKEN", `The proxy does not take this request by Convert (${reason}).`);
  const first = await reader.peekByte().catch((error: unknown) => {
    throw errorCode(error) === "PROTOCOL_ENDED" ? notSpoken("it ended the connection") : error;
  });
  if (first > lastConvertVersion) throw notSpoken("it answered by another protocol");
  const message = await reader.next(parseConvert).catch((error: unknown) => {
    throw errorCode(error) === "PROTOCOL_BAD" ? notSpoken(errorMessage(error)) : error;
  });
  if (message.kind === "other-version") throw notSpoken(`version ${message.version}`);
  if (message.kind === "malformed") throw notSpoken(message.reason);
  const error = message.tlvs.find((tlv) => tlv.type === "error");
  if (error !== undefined) {
    const code = replyForError(error.code, error.value);
    if (code === null) throw notSpoken(`error ${error.code}`);
    return { code, rest: Buffer.alloc(0) };
  }
  if (!message.tlvs.some(({ type }) => type === "extended-tcp-header")) throw notSpoken("it did not say connected");
  return { code: socksReply.succeeded, rest: reader.takeRest() };
}
