import { errorCode, errorMessage } from "@/lib/shared/errors";
import { type AcceptOptions, FrontRefusal, type FrontRequest } from "./front-request";
import {
  connectEstablished,
  encodeForwardHead,
  encodeHttpRefusal,
  isUpgradeAsked,
  parseProxyAuthorization,
} from "./http-forward";
import { fieldValues, type HeaderField, hasToken, type ProxyRequest, parseNextProxyRequest } from "./http-head";
import type { MessageReader } from "./message-reader";

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** A body over this is not waited for behind a refusal; the connection ends instead. */
const maxSkippedBytes = 65_536;
const allowed: HeaderField = { name: "Allow", value: "CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT" };

/**
 * Whether the client may ask again on its connection. HTTP/1.0 clients never do through a proxy (RFC 9112 §9.3), for an
 * older one in between would not understand.
 */
function isPersistent({ fields, minorVersion }: ProxyRequest): boolean {
  const isClosed = (name: string): boolean => hasToken(fields, name, "close");
  return minorVersion === 1 && !isClosed("connection") && !isClosed("proxy-connection");
}

/** How much is to be passed over before the next request; null where that is unknown, or too much. */
function bytesToSkip({ body, fields }: ProxyRequest): number | null {
  if (body.kind === "none") return 0;
  // Told to wait, the client may send its body all the same, or not (RFC 9110 §10.1.1).
  const isSure = body.kind === "length" && fieldValues(fields, "expect").length === 0;
  return isSure && body.bytes <= maxSkippedBytes ? body.bytes : null;
}

type Refuse = (reason: string, status: number, text: string, extraFields?: readonly HeaderField[]) => FrontRefusal;

/** What the proxy answers by itself, in the form that this request's client understands. */
function refuserFor(asked: ProxyRequest, isKept: boolean): Refuse {
  const hasBody = asked.method !== "HEAD";
  return (reason, status, text, extraFields = []) => {
    // Who asks wrongly may mean something else by the rest, and a proxy that takes nothing now is better left. Whoever
    // gets no tunnel has nothing else to ask here, but with other credentials, and many wait for the end.
    const isOver = status === 400 || status === 503 || (asked.form === "connect" && status !== 407);
    const skipBytes = isKept && !isOver ? bytesToSkip(asked) : null;
    const bytes = encodeHttpRefusal(status, text, { extraFields, hasBody, isKept: skipBytes !== null });
    return new FrontRefusal(reason, bytes, skipBytes);
  };
}

async function authenticateBasic<Identity>(
  { fields }: ProxyRequest,
  { authenticate, viaName }: AcceptOptions<Identity>,
  refuse: Refuse,
): Promise<Identity | null> {
  if (authenticate === null) return null;
  const credentials = parseProxyAuthorization(fields);
  const identity = credentials === null ? null : await authenticate(credentials.user, credentials.password);
  if (identity !== null) return identity;
  const field = { name: "Proxy-Authenticate", value: `Basic realm="${viaName}", charset="UTF-8"` };
  const text = "This proxy needs the device's id and secret (Proxy-Authorization: Basic).";
  const reason = credentials === null ? "no credentials" : `wrong credentials for ${JSON.stringify(credentials.user)}`;
  throw refuse(reason, 407, text, [field]);
}

/** What this hop answers instead of passing it on (RFC 9110 §7.6.2, §9.3.7, §9.3.8); null for everything else. */
function answerHere(asked: ProxyRequest, refuse: Refuse): FrontRefusal | null {
  // An echo would show credentials that a script cannot read otherwise.
  if (asked.method === "TRACE") return refuse("TRACE", 405, "This proxy takes no TRACE.", [allowed]);
  if (asked.method !== "OPTIONS") return null;
  const isOfProxy = asked.form === "other" && asked.path === "*";
  const isAtEnd = fieldValues(asked.fields, "max-forwards").some((value) => /^0+$/.test(value));
  return isOfProxy || isAtEnd ? refuse("OPTIONS of the proxy itself", 204, "", [allowed]) : null;
}

async function takeRequest<Identity>(
  reader: MessageReader,
  options: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const asked = await reader.next(parseNextProxyRequest);
  const isKept = isPersistent(asked) && options.isLast?.() !== true;
  const refuse = refuserFor(asked, isKept);
  const identity = await authenticateBasic(asked, options, refuse);
  const answer = answerHere(asked, refuse);
  if (answer !== null) throw answer;
  const { host, port } = asked;
  if (asked.form === "other" || host === null) {
    const text = "This is a proxy: ask with CONNECT host:port, or with a whole http:// address.";
    throw refuse("neither CONNECT nor an absolute http:// target", 400, text);
  }
  const common = {
    host,
    port,
    refuse: ({ http, text }: { http: number; text: string }) => refuse(text, http, text),
  };
  if (asked.form === "connect") {
    const rest = reader.takeRest();
    const established = connectEstablished;
    return { request: { ...common, kind: "tunnel", protocol: "http-connect", rest, established }, identity };
  }
  const { method, minorVersion, body } = asked;
  const { viaName, keepsServers = false } = options;
  const isUpgrade = isUpgradeAsked(asked);
  const mayRepeat = keepsServers && isKept && !isUpgrade && body.kind === "none" && safeMethods.has(method);
  // A careless server answers HEAD with a body, which may come when the next request has gone.
  const mayKeepServer = mayRepeat && method !== "HEAD";
  const request: FrontRequest = {
    ...common,
    kind: "forward",
    protocol: "http-forward",
    head: encodeForwardHead({ ...asked, host }, viaName, mayKeepServer),
    body,
    method,
    minorVersion,
    isUpgrade,
    isKept,
    mayRepeat,
    mayKeepServer,
    viaName,
    reader,
  };
  return { request, identity };
}

/**
 * An HTTP client's next request: CONNECT or a whole http:// address.
 * Errors: FrontRefusal; PROTOCOL_ENDED. Source: RFC 9110 §9.3.6 and §11.7, RFC 9112 §9.3.
 */
export async function acceptHttp<Identity>(
  reader: MessageReader,
  options: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  try {
    return await takeRequest(reader, options);
  } catch (error) {
    const isTooLarge = errorCode(error) === "PROTOCOL_TOO_LARGE";
    if (!isTooLarge && errorCode(error) !== "PROTOCOL_BAD") throw error;
    const reason = errorMessage(error);
    const text = `The proxy cannot take this request: ${reason}.`;
    throw new FrontRefusal(reason, encodeHttpRefusal(isTooLarge ? 431 : 400, text));
  }
}
