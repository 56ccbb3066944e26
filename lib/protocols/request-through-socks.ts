import { AppError } from "@/lib/shared/errors";
import type { Host } from "./host";
import { type ByteStream, MessageReader } from "./message-reader";
import {
  encodeSocksGreeting,
  encodeSocksRequest,
  encodeSocksUserPassword,
  parseSocksAuthReply,
  parseSocksMethod,
  parseSocksReply,
  type SocksReplyCode,
  socksCommand,
  socksMethod,
  socksReply,
} from "./socks5";

/** The proxy's answer to a request through it: `code` is RFC 1928's reply; `rest` is payload that came early. */
export type SocksAnswer = { code: SocksReplyCode; rest: Buffer };

function knownReply(code: number): SocksReplyCode {
  return Object.values(socksReply).find((known) => known === code) ?? socksReply.generalFailure;
}

/**
 * Ask a SOCKS5 proxy for a connection, with user and password, in one flight: greeting, credentials and request are
 * sent together, so that the handshake costs one round trip.
 *
 * Errors: AppError SOCKS_REFUSED_CREDENTIALS; PROTOCOL_BAD, PROTOCOL_ENDED.
 * Source: RFC 1928 §3 to §6, RFC 1929 §2.
 */
export async function requestThroughSocks(
  stream: ByteStream,
  credentials: { user: string; password: string },
  host: Host,
  port: number,
): Promise<SocksAnswer> {
  stream.write(
    Buffer.concat([
      encodeSocksGreeting([socksMethod.userPassword]),
      encodeSocksUserPassword(credentials.user, credentials.password),
      encodeSocksRequest(socksCommand.connect, host, port),
    ]),
  );
  const reader = new MessageReader(stream);
  const { method } = await reader.next(parseSocksMethod);
  const isAccepted = method === socksMethod.userPassword && (await reader.next(parseSocksAuthReply)).isAccepted;
  if (!isAccepted)
    throw new AppError(
      "SOCKS_REFUSED_CREDENTIALS",
      "The proxy refused this device's id and secret. Enrol the device again.",
    );
  const { code } = await reader.next(parseSocksReply);
  return { code: knownReply(code), rest: reader.takeRest() };
}
