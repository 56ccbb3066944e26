import {
  type ConvertMessage,
  type ConvertTlv,
  convertError,
  convertVersion,
  encodeConvert,
  encodeConvertEcho,
  encodeConvertError,
  isConvertAddress,
  parseConvert,
} from "./convert";
import { type AcceptOptions, FrontRefusal, type FrontRequest, type Refusal } from "./front-request";
import type { Host } from "./host";
import type { MessageReader } from "./message-reader";
import { parseSocksUserPassword, socksReply } from "./socks5";

/** Options that a converter passes over (RFC 8803 §7.1 to §7.3): NOP, segment size, window scale, SACK blocks. */
const ignoredOptions: ReadonlySet<number> = new Set([1, 2, 3, 5]);
/** What the kernel lacks, not the destination (connect(2), socket(2)). */
const shortages: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EAGAIN"]);
/** ICMP "destination unreachable" codes (RFC 792), as the kernel's errno tells them. */
const unreachable: Readonly<Record<string, number>> = { ENETUNREACH: 0, ENETDOWN: 0, EHOSTUNREACH: 1, ENOTFOUND: 1 };
/** Zero would mean 30 s for the whole proxy (RFC 8803 §6.2.8); it is one destination's trouble, or a start's. */
const retryAfterSeconds = 1;

/** The Error TLV that says so (RFC 8803 §6.2.8). */
function encodeRefusal({ socks, http, errno }: Refusal): Buffer {
  const { notAuthorized, connectionReset, destinationUnreachable, resourceExceeded, networkFailure } = convertError;
  if (socks === socksReply.notAllowed) return encodeConvertError(notAuthorized);
  if (errno === "ECONNREFUSED" || errno === "ECONNRESET") return encodeConvertError(connectionReset);
  const icmpCode = unreachable[errno ?? ""];
  if (icmpCode !== undefined) return encodeConvertError(destinationUnreachable, Buffer.from([icmpCode]));
  const isShort = errno === undefined ? http === 503 : shortages.has(errno);
  return encodeConvertError(isShort ? resourceExceeded : networkFailure, Buffer.from([retryAfterSeconds]));
}

type Asked = { connect: Extract<ConvertTlv, { type: "connect" }>; host: Host };

function findAsked(tlvs: readonly ConvertTlv[]): Asked | null {
  const connect = tlvs.find((tlv) => tlv.type === "connect");
  if (connect === undefined || connect.port === 0 || !isConvertAddress(connect.address)) return null;
  const named = tlvs.find((tlv) => tlv.type === "name");
  if (named !== undefined) return { connect, host: { kind: "name", name: named.name } };
  // Without a name the address must be one.
  if (connect.address === "::" || connect.address === "0.0.0.0") return null;
  return { connect, host: { kind: "address", address: connect.address } };
}

function requireTlvs(message: ConvertMessage): ConvertTlv[] {
  if (message.kind === "other-version") {
    const answer = encodeConvertError(convertError.unsupportedVersion, Buffer.from([convertVersion]));
    throw new FrontRefusal(`Convert version ${message.version}`, answer);
  }
  if (message.kind === "malformed")
    throw new FrontRefusal(message.reason, encodeConvertEcho(convertError.malformedMessage, message.bytes));
  for (const { type } of message.tlvs) {
    // An error is not answered by another one.
    if (type === "error") throw new FrontRefusal("a Convert error instead of a request", null);
    if (type === "unknown" || type === "extended-tcp-header" || type === "supported-tcp-extensions")
      throw new FrontRefusal(
        `an unsupported Convert TLV (${type})`,
        encodeConvertEcho(convertError.unsupportedMessage, message.bytes),
      );
  }
  return message.tlvs;
}

/** Device id and secret are the cookie (see `encodeConvertCookie`). We compute none, so none missing is offered. */
async function authenticateCookie<Identity>(
  tlvs: readonly ConvertTlv[],
  { authenticate }: AcceptOptions<Identity>,
): Promise<Identity | null> {
  if (authenticate === null) return null;
  const cookie = tlvs.find((tlv) => tlv.type === "cookie");
  const parsed = cookie === undefined ? null : parseSocksUserPassword(cookie.cookie);
  const identity = parsed?.status === "done" ? await authenticate(parsed.value.user, parsed.value.password) : null;
  if (identity !== null) return identity;
  const message = cookie === undefined ? "no Convert cookie" : "a wrong Convert cookie";
  throw new FrontRefusal(message, encodeConvertError(convertError.notAuthorized));
}

/**
 * Serve a Convert message (RFC 8803): an Info TLV, a Connect TLV or both, with a Cookie TLV where credentials are needed.
 * Options that the client wants in the SYN to the server are refused, for the kernel chooses those; so the header that
 * answers an accepted request is empty (§6.2.6).
 *
 * Errors: FrontRefusal with the Error TLV to send; AppError PROTOCOL_BAD for what must be reset, PROTOCOL_ENDED.
 */
export async function acceptConvert<Identity>(
  reader: MessageReader,
  options: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const message = await reader.next(parseConvert);
  const tlvs = requireTlvs(message);
  const identity = await authenticateCookie(tlvs, options);
  const supported: ConvertTlv = { type: "supported-tcp-extensions", kinds: [...(options.tcpExtensions ?? [])] };
  const answers = tlvs.some(({ type }) => type === "info") ? [supported] : [];
  if (answers.length > 0 && !tlvs.some(({ type }) => type === "connect"))
    throw new FrontRefusal("it only asked for the TCP extensions", encodeConvert(answers));
  const asked = findAsked(tlvs);
  if (asked === null)
    throw new FrontRefusal(
      "a Convert destination that is none",
      encodeConvertEcho(convertError.malformedMessage, message.bytes),
    );
  const unsupported = asked.connect.options.map(({ kind }) => kind).filter((kind) => !ignoredOptions.has(kind));
  if (unsupported.length > 0)
    throw new FrontRefusal(
      `TCP options ${unsupported.join(", ")} to the server`,
      encodeConvertError(convertError.unsupportedTcpOption, Buffer.from(unsupported)),
    );
  const request: FrontRequest = {
    kind: "tunnel",
    protocol: "convert",
    host: asked.host,
    port: asked.connect.port,
    rest: reader.takeRest(),
    established: encodeConvert([...answers, { type: "extended-tcp-header", header: Buffer.alloc(0) }]),
    refuse: (refusal) => new FrontRefusal(refusal.text, encodeRefusal(refusal)),
  };
  return { request, identity };
}
