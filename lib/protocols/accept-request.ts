import { errorCode, errorMessage } from "@/lib/shared/errors";
import { acceptConvert } from "./accept-convert";
import { acceptHttp } from "./accept-http";
import { acceptSocks4, acceptSocks5 } from "./accept-socks";
import { lastConvertVersion } from "./convert";
import { type AcceptOptions, type AssociateRequest, FrontRefusal, type FrontRequest } from "./front-request";
import { type ByteStream, MessageReader } from "./message-reader";
import { encodeSocks4Reply, socks4Reply, socks4Version } from "./socks4";
import { socksVersion } from "./socks5";

export * from "./front-request";

/** What a client asked for, and who it is; null where nobody needs credentials. */
export type Accepted<Identity, Request> = { request: Request; identity: Identity | null };

/**
 * Serve the handshake of one client up to its first request: SOCKS 4, SOCKS 5, Convert or HTTP by the first byte.
 *
 * Errors: FrontRefusal with the answer to send; AppError PROTOCOL_ENDED when the client left, PROTOCOL_BAD for a Convert
 * message that must be reset.
 * Source: RFC 1928 §3, RFC 1929 §2, RFC 8803 §6, RFC 9110 §9.3.6 and §11.7.
 */
export async function acceptRequest<Identity>(
  stream: ByteStream,
  options: AcceptOptions<Identity> & { takesAssociate: true },
  reader?: MessageReader,
): Promise<Accepted<Identity, FrontRequest | AssociateRequest>>;
export async function acceptRequest<Identity>(
  stream: ByteStream,
  options: AcceptOptions<Identity>,
  reader?: MessageReader,
): Promise<Accepted<Identity, FrontRequest>>;
export async function acceptRequest<Identity>(
  stream: ByteStream,
  options: AcceptOptions<Identity>,
  reader: MessageReader = new MessageReader(stream),
): Promise<Accepted<Identity, FrontRequest | AssociateRequest>> {
  const version = reader.peekByteNow() ?? (await reader.peekByte());
  if (version <= lastConvertVersion) return acceptConvert(reader, options);
  if (version !== socks4Version && version !== socksVersion) return acceptHttp(reader, options);
  try {
    return await (version === socks4Version ? acceptSocks4(reader, options) : acceptSocks5(stream, reader, options));
  } catch (error) {
    if (errorCode(error) !== "PROTOCOL_BAD" && errorCode(error) !== "PROTOCOL_TOO_LARGE") throw error;
    // SOCKS 5 has no word for what cannot be read.
    const answer = version === socks4Version ? encodeSocks4Reply(socks4Reply.rejected) : null;
    throw new FrontRefusal(errorMessage(error), answer);
  }
}
