import { AppError } from "@/lib/shared/errors";
import type { Host } from "./host";
import { httpStatusForErrno } from "./http-forward";
import type { BodyFraming } from "./http-head";
import type { MessageReader } from "./message-reader";
import { type SocksReplyCode, socksReplyForErrno } from "./socks5";

/** Why a request is refused, in every protocol's terms. */
export type Refusal = {
  socks: SocksReplyCode;
  http: number;
  text: string;
  /** Of the connect(2) that failed; absent where none was tried. */
  errno?: string;
};

type Asked = {
  host: Host;
  port: number;
  /** What refuses this request. */
  refuse(refusal: Refusal): FrontRefusal;
};

/** The client and its destination talk by themselves. */
export type TunnelRequest = Asked & {
  kind: "tunnel";
  protocol: "socks4" | "socks5" | "http-connect" | "convert";
  /** Bytes of the client that came early and are the destination's. */
  rest: Buffer;
  /** Sent to the client once the destination is connected. */
  established: Buffer;
};

/** One HTTP request to forward; its answer is the destination's. */
export type ForwardRequest = Asked & {
  kind: "forward";
  protocol: "http-forward";
  /** The head for the destination. */
  head: Buffer;
  body: BodyFraming;
  method: string;
  /** Of the client's HTTP/1. */
  minorVersion: 0 | 1;
  /** The client asks for WebSocket on this connection. */
  isUpgrade: boolean;
  /** The client may send further requests after the answer. */
  isKept: boolean;
  /** It changes nothing and has no body: it may go to a server's connection that was used before, and again. */
  mayRepeat: boolean;
  /** After its answer the server's connection may be asked again. */
  mayKeepServer: boolean;
  /** How this hop names itself in Via. */
  viaName: string;
  /** Gives the body, and what follows it. */
  reader: MessageReader;
};

/** A client asks for a relay of datagrams, for as long as its connection lasts (RFC 1928 §7). */
export type AssociateRequest = {
  kind: "associate";
  protocol: "socks5-udp";
  /** From where it means to send; null: it does not know yet. */
  from: { address: string; port: number } | null;
  /** What tells it where its datagrams are taken. */
  established(address: string, port: number): Buffer;
  /** What refuses this request. */
  refuse(refusal: Refusal): FrontRefusal;
};

/** One accepted request to relay, whichever protocol asked for it. */
export type FrontRequest = TunnelRequest | ForwardRequest;

export type AcceptOptions<Identity> = {
  /** Null: nobody needs credentials (a port for the device's own programs). */
  authenticate: ((user: string, password: string) => Identity | null | Promise<Identity | null>) | null;
  /** How this hop names itself in Via and in the authentication realm. */
  viaName: string;
  /** Whether the client is to leave after this request, for this process is about to; absent: it is not. */
  isLast?: () => boolean;
  /** Servers' connections are used again, for requests that may repeat; absent: each request has its own. */
  keepsServers?: boolean;
  /** SOCKS 5 clients may ask for a relay of datagrams; absent: they may not. */
  takesAssociate?: boolean;
  /** Kinds of TCP options that a Convert client is told of (RFC 8803 §6.2.4); absent: none. */
  tcpExtensions?: readonly number[];
};

/** Thrown with the bytes that tell the client; PROTOCOL_REFUSED. `bytes` null: close without a word. */
export class FrontRefusal extends AppError {
  /** @param skipBytes of the client's that belong to this request still, before its next one; null: it ends here */
  constructor(
    message: string,
    readonly bytes: Buffer | null,
    readonly skipBytes: number | null = null,
  ) {
    super("PROTOCOL_REFUSED", message);
  }
}

/** Refusal for a connect(2) that failed with this errno name. */
export function refusalForErrno(code: string, destination: string): Refusal {
  return {
    socks: socksReplyForErrno(code),
    http: httpStatusForErrno(code),
    errno: code,
    text: `Cannot connect to ${destination}: ${code}. The destination may be down; try again later.`,
  };
}
