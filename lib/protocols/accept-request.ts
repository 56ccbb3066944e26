import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import type { Host } from "./host";
import {
  connectEstablished,
  encodeForwardHead,
  encodeHttpRefusal,
  httpStatusForErrno,
  parseProxyAuthorization,
} from "./http-forward";
import { type BodyFraming, parseProxyRequest } from "./http-head";
import { type ByteStream, MessageReader } from "./message-reader";
import {
  encodeSocksAuthReply,
  encodeSocksMethod,
  encodeSocksReply,
  parseSocksGreeting,
  parseSocksRequest,
  parseSocksUserPassword,
  type SocksReplyCode,
  socks4Rejected,
  socks4Version,
  socksCommand,
  socksMethod,
  socksReply,
  socksReplyForErrno,
  socksVersion,
} from "./socks5";

/** Why a request is refused, in every protocol's terms. */
export type Refusal = { socks: SocksReplyCode; http: number; text: string };

/** One accepted request to relay, whichever protocol asked for it. */
export type FrontRequest = {
  protocol: "socks5" | "http-connect" | "http-forward";
  host: Host;
  port: number;
  /** What goes to the destination before anything else: the rewritten head of a forwarded request. */
  upstreamHead: Buffer | null;
  /** How many of the client's further bytes belong to this request; `tunnel`: all of them. */
  upload: BodyFraming | { kind: "tunnel" };
  /** Bytes of the client that came early and belong after `upstreamHead`. */
  rest: Buffer;
  /** Sent to the client once the destination is connected; null where the destination's own answer is the answer. */
  established: Buffer | null;
  /** The bytes that refuse this request. */
  refuse(refusal: Refusal): Buffer;
};

export type AcceptOptions<Identity> = {
  /** Null: nobody needs credentials (a port for the device's own programs). */
  authenticate: ((user: string, password: string) => Promise<Identity | null>) | null;
  /** How this hop names itself in Via and in the authentication realm. */
  viaName: string;
};

/** Thrown with the bytes that tell the client; PROTOCOL_REFUSED. `bytes` null: close without a word. */
export class FrontRefusal extends AppError {
  constructor(
    message: string,
    readonly bytes: Buffer | null,
  ) {
    super("PROTOCOL_REFUSED", message);
  }
}

/** Refusal for a connect(2) that failed with this errno name. */
export function refusalForErrno(code: string, destination: string): Refusal {
  return {
    socks: socksReplyForErrno(code),
    http: httpStatusForErrno(code),
    text: `Cannot connect to ${destination}: ${code}. The destination may be down; try again later.`,
  };
}

/**
 * Serve the handshake of one client up to its request: SOCKS5 or HTTP by the first byte.
 *
 * Errors: FrontRefusal with the answer to send; AppError PROTOCOL_ENDED when the client left.
 * Source: RFC 1928 §3, RFC 1929 §2, RFC 9110 §9.3.6 and §11.7.
 */
export async function acceptRequest<Identity>(
  stream: ByteStream,
  options: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const reader = new MessageReader(stream);
  const firstByte = await reader.peekByte();
  if (firstByte === socks4Version) throw new FrontRefusal("SOCKS version 4", socks4Rejected);
  const isSocks = firstByte === socksVersion;
  try {
    return isSocks ? await acceptSocks(stream, reader, options) : await acceptHttp(reader, options);
  } catch (error) {
    if (errorCode(error) !== "PROTOCOL_BAD") throw error;
    const text = `The proxy cannot take this request: ${errorMessage(error)}.`;
    throw new FrontRefusal(errorMessage(error), isSocks ? null : encodeHttpRefusal(400, text));
  }
}

async function acceptSocks<Identity>(
  stream: ByteStream,
  reader: MessageReader,
  { authenticate }: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const { methods } = await reader.next(parseSocksGreeting);
  const method = authenticate === null ? socksMethod.none : socksMethod.userPassword;
  if (!methods.includes(method))
    throw new FrontRefusal("no acceptable SOCKS method was offered", encodeSocksMethod(socksMethod.notAcceptable));
  stream.write(encodeSocksMethod(method));
  let identity: Identity | null = null;
  if (authenticate !== null) {
    const { user, password } = await reader.next(parseSocksUserPassword);
    identity = await authenticate(user, password);
    if (identity === null)
      throw new FrontRefusal(`wrong credentials for ${JSON.stringify(user)}`, encodeSocksAuthReply(false));
    stream.write(encodeSocksAuthReply(true));
  }
  const asked = await reader.next(parseSocksRequest);
  const refuseWith = (code: SocksReplyCode, message: string): FrontRefusal =>
    new FrontRefusal(message, encodeSocksReply(code));
  if (asked.command !== socksCommand.connect)
    throw refuseWith(socksReply.commandNotSupported, `SOCKS command ${asked.command}`);
  if (!asked.isKnownAddressType) throw refuseWith(socksReply.addressTypeNotSupported, "an unknown SOCKS address type");
  if (asked.host === null || asked.port === 0)
    throw refuseWith(socksReply.generalFailure, "a SOCKS destination that is no host");
  const request: FrontRequest = {
    protocol: "socks5",
    host: asked.host,
    port: asked.port,
    upstreamHead: null,
    upload: { kind: "tunnel" },
    rest: reader.takeRest(),
    established: encodeSocksReply(socksReply.succeeded),
    refuse: ({ socks }) => encodeSocksReply(socks),
  };
  return { request, identity };
}

async function acceptHttp<Identity>(
  reader: MessageReader,
  { authenticate, viaName }: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const asked = await reader.next(parseProxyRequest);
  let identity: Identity | null = null;
  if (authenticate !== null) {
    const credentials = parseProxyAuthorization(asked.fields);
    identity = credentials === null ? null : await authenticate(credentials.user, credentials.password);
    if (identity === null) {
      const field = { name: "Proxy-Authenticate", value: `Basic realm="${viaName}", charset="UTF-8"` };
      const text = "This proxy needs the device's id and secret (Proxy-Authorization: Basic).";
      const message =
        credentials === null ? "no credentials" : `wrong credentials for ${JSON.stringify(credentials.user)}`;
      throw new FrontRefusal(message, encodeHttpRefusal(407, text, [field]));
    }
  }
  const { host } = asked;
  if (asked.form === "other" || host === null) {
    const text = "This is a proxy: ask with CONNECT host:port, or with a whole http:// address.";
    throw new FrontRefusal("neither CONNECT nor an absolute http:// target", encodeHttpRefusal(400, text));
  }
  const isTunnel = asked.form === "connect";
  const request: FrontRequest = {
    protocol: isTunnel ? "http-connect" : "http-forward",
    host,
    port: asked.port,
    upstreamHead: isTunnel ? null : encodeForwardHead({ ...asked, host }, viaName),
    upload: isTunnel ? { kind: "tunnel" } : asked.body,
    rest: reader.takeRest(),
    established: isTunnel ? connectEstablished : null,
    refuse: ({ http, text }) => encodeHttpRefusal(http, text),
  };
  return { request, identity };
}
