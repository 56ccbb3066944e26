import { errorCode, errorMessage } from "@/lib/shared/errors";
import { acceptConvert } from "./accept-convert";
import { acceptHttp } from "./accept-http";
import { acceptSocks4, acceptSocks5 } from "./accept-socks";
import { lastConvertVersion } from "./convert";
import { type AcceptOptions, FrontRefusal, type FrontRequest } from "./front-request";
import { encodeHttpRefusal } from "./http-forward";
import { type ByteStream, MessageReader } from "./message-reader";
import { encodeSocks4Reply, socks4Reply, socks4Version } from "./socks4";
import { socksVersion } from "./socks5";

export * from "./front-request";

/**
 * Serve the handshake of one client up to its request: SOCKS 4, SOCKS 5, Convert or HTTP by the first byte.
 *
 * Errors: FrontRefusal with the answer to send; AppError PROTOCOL_ENDED when the client left, PROTOCOL_BAD for a Convert
 * message that must be reset.
 * Source: RFC 1928 §3, RFC 1929 §2, RFC 8803 §6, RFC 9110 §9.3.6 and §11.7.
 */
export async function acceptRequest<Identity>(
  stream: ByteStream,
  options: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const reader = new MessageReader(stream);
  const version = await reader.peekByte();
  if (version <= lastConvertVersion) return acceptConvert(reader, options);
  try {
    if (version === socks4Version) return await acceptSocks4(reader, options);
    if (version === socksVersion) return await acceptSocks5(stream, reader, options);
    return await acceptHttp(reader, options);
  } catch (error) {
    const isTooLarge = errorCode(error) === "PROTOCOL_TOO_LARGE";
    if (!isTooLarge && errorCode(error) !== "PROTOCOL_BAD") throw error;
    throw new FrontRefusal(errorMessage(error), refusalOf(version, errorMessage(error), isTooLarge));
  }
}

/** What a client is told whose message could not be read; SOCKS 5 has no word for it. */
function refusalOf(version: number, reason: string, isTooLarge: boolean): Buffer | null {
  if (version === socks4Version) return encodeSocks4Reply(socks4Reply.rejected);
  if (version === socksVersion) return null;
  return encodeHttpRefusal(isTooLarge ? 431 : 400, `The proxy cannot take this request: ${reason}.`);
}
