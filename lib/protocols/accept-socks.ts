import { type AcceptOptions, type AssociateRequest, FrontRefusal, type FrontRequest } from "./front-request";
import type { Host } from "./host";
import type { ByteStream, MessageReader } from "./message-reader";
import { encodeSocks4Reply, parseSocks4Request, type Socks4ReplyCode, socks4Command, socks4Reply } from "./socks4";
import {
  encodeSocksAuthReply,
  encodeSocksMethod,
  encodeSocksReply,
  parseSocksGreeting,
  parseSocksRequest,
  parseSocksUserPassword,
  type SocksReplyCode,
  socksCommand,
  socksMethod,
  socksReply,
} from "./socks5";
import { splitUserPassword } from "./user-password";

/** Nearly every session's. */
const authAccepted = encodeSocksAuthReply(true);
const succeeded = encodeSocksReply(socksReply.succeeded);

/**
 * A SOCKS5 client's greeting, credentials where they are needed, and request.
 * Errors: FrontRefusal; those of MessageReader. Source: RFC 1928 §3, RFC 1929 §2.
 */
export async function acceptSocks5<Identity>(
  stream: ByteStream,
  reader: MessageReader,
  { authenticate, takesAssociate = false }: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest | AssociateRequest; identity: Identity | null }> {
  const { methods } = reader.nextNow(parseSocksGreeting) ?? (await reader.next(parseSocksGreeting));
  const method = authenticate === null ? socksMethod.none : socksMethod.userPassword;
  if (!methods.includes(method))
    throw new FrontRefusal("no acceptable SOCKS method was offered", encodeSocksMethod(socksMethod.notAcceptable));
  stream.write(encodeSocksMethod(method));
  let identity: Identity | null = null;
  if (authenticate !== null) {
    const { user, password } = reader.nextNow(parseSocksUserPassword) ?? (await reader.next(parseSocksUserPassword));
    const found = authenticate(user, password);
    identity = found instanceof Promise ? await found : found;
    if (identity === null)
      throw new FrontRefusal(`wrong credentials for ${JSON.stringify(user)}`, encodeSocksAuthReply(false));
    stream.write(authAccepted);
  }
  const asked = reader.nextNow(parseSocksRequest) ?? (await reader.next(parseSocksRequest));
  const refuseWith = (code: SocksReplyCode, message: string): FrontRefusal =>
    new FrontRefusal(message, encodeSocksReply(code));
  if (asked.command === socksCommand.udpAssociate && takesAssociate) {
    const associate: AssociateRequest = {
      kind: "associate",
      protocol: "socks5-udp",
      from: senderOf(asked.host, asked.port),
      established: (address, port) => encodeSocksReply(socksReply.succeeded, address, port),
      refuse: ({ socks, text }) => refuseWith(socks, text),
    };
    return { request: associate, identity };
  }
  if (asked.command !== socksCommand.connect)
    throw refuseWith(socksReply.commandNotSupported, `SOCKS command ${asked.command}`);
  if (!asked.isKnownAddressType) throw refuseWith(socksReply.addressTypeNotSupported, "an unknown SOCKS address type");
  if (asked.host === null || asked.port === 0)
    throw refuseWith(socksReply.generalFailure, "a SOCKS destination that is no host");
  const request: FrontRequest = {
    kind: "tunnel",
    protocol: "socks5",
    host: asked.host,
    port: asked.port,
    rest: reader.takeRest(),
    established: succeeded,
    refuse: ({ socks, text }) => refuseWith(socks, text),
  };
  return { request, identity };
}

/** From where an associating client says that it will send; zeros say that it does not know (RFC 1928 §4). */
function senderOf(host: Host | null, port: number): AssociateRequest["from"] {
  if (host?.kind !== "address" || port === 0) return null;
  return host.address === "0.0.0.0" || host.address === "::" ? null : { address: host.address, port };
}

/**
 * A SOCKS4 or 4A client's request. The protocol has a user id and no secret: where credentials are needed, the user id
 * is `deviceId:secret`.
 * Errors: FrontRefusal; those of MessageReader. Source: see socks4.ts.
 */
export async function acceptSocks4<Identity>(
  reader: MessageReader,
  { authenticate }: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const { command, user, host, port } = await reader.next(parseSocks4Request);
  const refuseWith = (code: Socks4ReplyCode, message: string): FrontRefusal =>
    new FrontRefusal(message, encodeSocks4Reply(code));
  let identity: Identity | null = null;
  if (authenticate !== null) {
    const credentials = splitUserPassword(user);
    if (credentials === null) throw refuseWith(socks4Reply.wrongUser, "a SOCKS 4 user id that is not deviceId:secret");
    identity = await authenticate(credentials.user, credentials.password);
    if (identity === null)
      throw refuseWith(socks4Reply.wrongUser, `wrong credentials for ${JSON.stringify(credentials.user)}`);
  }
  if (command !== socks4Command.connect) throw refuseWith(socks4Reply.rejected, `SOCKS 4 command ${command}`);
  if (host === null || port === 0) throw refuseWith(socks4Reply.rejected, "a SOCKS 4 destination that is no host");
  const request: FrontRequest = {
    kind: "tunnel",
    protocol: "socks4",
    host,
    port,
    rest: reader.takeRest(),
    established: encodeSocks4Reply(socks4Reply.granted),
    refuse: ({ text }) => refuseWith(socks4Reply.rejected, text),
  };
  return { request, identity };
}
