import { AppError } from "@/lib/shared/errors";
import type { Host } from "./host";
import { httpStatusForErrno } from "./http-forward";
import type { BodyFraming } from "./http-head";
import { type SocksReplyCode, socksReplyForErrno } from "./socks5";

/** Why a request is refused, in every protocol's terms. */
export type Refusal = {
  socks: SocksReplyCode;
  http: number;
  text: string;
  /** Of the connect(2) that failed; absent where none was tried. */
  errno?: string;
};

/** One accepted request to relay, whichever protocol asked for it. */
export type FrontRequest = {
  protocol: "socks4" | "socks5" | "http-connect" | "http-forward" | "convert";
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
  /** Kinds of TCP options that a Convert client is told of (RFC 8803 §6.2.4); absent: none. */
  tcpExtensions?: readonly number[];
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
    errno: code,
    text: `Cannot connect to ${destination}: ${code}. The destination may be down; try again later.`,
  };
}
