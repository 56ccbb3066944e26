import { authorityText } from "./host";
import { fieldValues, type HeaderField, type ProxyRequest } from "./http-head";
import { splitUserPassword } from "./user-password";

/** Fields that concern one connection only and never pass a proxy (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "proxy-authorization",
  "proxy-authenticate",
  "host",
]);

function endToEndFields(fields: readonly HeaderField[]): HeaderField[] {
  const named = fieldValues(fields, "connection").flatMap((value) =>
    value.split(",").map((name) => name.trim().toLowerCase()),
  );
  const dropped = new Set([...hopByHop, ...named.filter((name) => name !== "content-length")]);
  return fields.filter((field) => !dropped.has(field.name.toLowerCase()));
}

/**
 * The head for the next hop: origin-form target, Host from the target, end-to-end fields only, one request per
 * connection (`Connection: close`), so that the response ends with the connection and no byte of a later request
 * can reach this server.
 *
 * Source: RFC 9110 §7.6.1, §7.6.3; RFC 9112 §3.2.1, §3.2.2.
 * @param viaName how this proxy names itself in Via
 */
export function encodeForwardHead(
  request: ProxyRequest & { host: NonNullable<ProxyRequest["host"]> },
  viaName: string,
): Buffer {
  const authority = authorityText(request.host, request.port);
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${request.port === 80 ? authority.replace(/:80$/, "") : authority}`,
    ...endToEndFields(request.fields).map((field) => `${field.name}: ${field.value}`),
    ...(request.body.kind === "chunked" ? ["Transfer-Encoding: chunked"] : []),
    `Via: 1.${request.minorVersion} ${viaName}`,
    "Connection: close",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

const reasons: Readonly<Record<number, string>> = {
  200: "Connection established",
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

/** A refusal of the proxy itself, as plain text that says what to do; the connection ends after it. */
export function encodeHttpRefusal(status: number, text: string, extraFields: readonly HeaderField[] = []): Buffer {
  const body = Buffer.from(`${text}\n`, "utf8");
  const lines = [
    `HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    ...extraFields.map((field) => `${field.name}: ${field.value}`),
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
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
