import { authorityText } from "./host";
import { fieldValues, type HeaderField, hasToken, listOf, type ProxyRequest } from "./http-head";
import { splitUserPassword } from "./user-password";

/** Fields that concern one connection only and never pass a proxy (RFC 9110 §7.6.1, §11.7). */
const hopByHop = [
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "transfer-encoding",
  "upgrade",
  "proxy-authorization",
  "proxy-authenticate",
  "proxy-authentication-info",
];

/** Without what concerns one connection only, and without `more`. What says how a body ends is never Connection's to name. */
export function endToEndFields(fields: readonly HeaderField[], more: readonly string[] = []): HeaderField[] {
  const named = listOf(fields, "connection").filter((name) => name !== "content-length");
  const dropped = new Set([...hopByHop, ...more, ...named]);
  return fields.filter((field) => !dropped.has(field.name.toLowerCase()));
}

/** Whether the client asks for WebSocket; other protocols are not switched to, which every server may do (RFC 9110 §7.8). */
export function isUpgradeAsked({ fields, minorVersion, body }: ProxyRequest): boolean {
  const isAsked = hasToken(fields, "connection", "upgrade") && hasToken(fields, "upgrade", "websocket");
  return isAsked && minorVersion === 1 && body.kind === "none";
}

/** OPTIONS may pass so many further hops (RFC 9110 §7.6.2). */
function countHop(method: string, field: HeaderField): HeaderField {
  const isCounted = method === "OPTIONS" && field.name.toLowerCase() === "max-forwards";
  return isCounted && /^[0-9]{1,15}$/.test(field.value) ? { ...field, value: String(Number(field.value) - 1) } : field;
}

/**
 * The head for the next hop: origin-form target, Host from the target, end-to-end fields only. `Connection: close`: the
 * server gets nothing behind this request, so that no byte of a later one can reach it.
 *
 * Source: RFC 9110 §7.6.1, §7.6.3, §10.1.4; RFC 9112 §3.2.1, §3.2.2.
 * @param viaName how this proxy names itself in Via
 * @param isServerKept the server may leave its connection open for another request
 */
export function encodeForwardHead(
  request: ProxyRequest & { host: NonNullable<ProxyRequest["host"]> },
  viaName: string,
  isServerKept = false,
): Buffer {
  const authority = authorityText(request.host, request.port);
  const { method, fields, minorVersion } = request;
  // An HTTP/1.0 client would not know the interim answer (RFC 9110 §10.1.1).
  const passed = endToEndFields(fields, minorVersion === 0 ? ["host", "expect"] : ["host"]);
  const takesTrailers = minorVersion === 1 && hasToken(fields, "te", "trailers");
  const ofConnection = isUpgradeAsked(request) ? ["upgrade"] : isServerKept ? [] : ["close"];
  const connection = takesTrailers ? [...ofConnection, "TE"] : ofConnection;
  const lines = [
    `${method} ${request.path} HTTP/1.1`,
    `Host: ${request.port === 80 ? authority.replace(/:80$/, "") : authority}`,
    ...passed.map((field) => countHop(method, field)).map(fieldLine),
    ...(request.body.kind === "chunked" ? ["Transfer-Encoding: chunked"] : []),
    `Via: 1.${minorVersion} ${viaName}`,
    ...(isUpgradeAsked(request) ? ["Upgrade: websocket"] : []),
    ...(takesTrailers ? ["TE: trailers"] : []),
    ...(connection.length > 0 ? [`Connection: ${connection.join(", ")}`] : []),
  ];
  return encodeHead(lines);
}

export function fieldLine({ name, value }: HeaderField): string {
  return `${name}: ${value}`;
}

export function encodeHead(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

const reasons: Readonly<Record<number, string>> = {
  204: "No Content",
  400: "Bad Request",
  403: "Forbidden",
  405: "Method Not Allowed",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The answer that opens a CONNECT tunnel; no body, no length (RFC 9110 §9.3.6). */
export const connectEstablished: Buffer = Buffer.from("HTTP/1.1 200 Connection established\r\n\r\n", "latin1");

export type OwnAnswer = {
  extraFields?: readonly HeaderField[];
  /** False for HEAD. */
  hasBody?: boolean;
  /** The connection goes on after it. */
  isKept?: boolean;
};

/** An answer of the proxy itself, as plain text that says what to do. */
export function encodeHttpRefusal(
  status: number,
  text: string,
  { extraFields = [], hasBody = true, isKept = false }: OwnAnswer = {},
): Buffer {
  const body = Buffer.from(`${text}\n`, "utf8");
  const content = ["Content-Type: text/plain; charset=utf-8", `Content-Length: ${body.length}`];
  const head = encodeHead([
    `HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}`,
    ...(status === 204 ? [] : content),
    ...extraFields.map(fieldLine),
    ...(isKept ? [] : ["Connection: close"]),
  ]);
  return hasBody && status !== 204 ? Buffer.concat([head, body]) : head;
}

/** The refusal for a failed connect(2) (RFC 9110 §15.6). */
export function httpStatusForErrno(code: string): 502 | 504 {
  return code === "ETIMEDOUT" ? 504 : 502;
}

/**
 * User and password of a Proxy-Authorization field with the Basic scheme; null where there is none or it is malformed.
 * Source: RFC 7617 §2, RFC 9110 §11.7.2.
 */
export function parseProxyAuthorization(fields: readonly HeaderField[]): { user: string; password: string } | null {
  const values = fieldValues(fields, "proxy-authorization");
  const match = values.length === 1 ? /^basic +([A-Za-z0-9+/]+=*)$/i.exec(values[0] ?? "") : null;
  if (match?.[1] === undefined) return null;
  return splitUserPassword(Buffer.from(match[1], "base64").toString("utf8"));
}
