import { type Host, normaliseHost } from "./host";
import { bad, done, more, type ParseResult, tooLarge } from "./parse-result";

/** A field as it came: name in its own spelling, value without surrounding white space. */
export type HeaderField = { name: string; value: string };

/** How the request's body ends (RFC 9112 §6). */
export type BodyFraming = { kind: "none" } | { kind: "length"; bytes: number } | { kind: "chunked" };

export type ProxyRequest = {
  method: string;
  /** `connect`: authority-form. `forward`: absolute-form with the http scheme. `other`: anything else. */
  form: "connect" | "forward" | "other";
  host: Host | null;
  port: number;
  /** Origin-form for the next hop; empty for `connect`. */
  path: string;
  /** Minor version of HTTP/1. */
  minorVersion: 0 | 1;
  fields: HeaderField[];
  body: BodyFraming;
};

/** More than any browser sends; a bound on what one client can make the proxy keep. */
export const maxHeadBytes = 32_768;
const maxFields = 200;

export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** uri-host [ ":" port ] (RFC 9110 §7.2, RFC 3986 §3.2.2), and bytes over 0x7f, which targets may have too. */
const hostField = /^(\[[\w.:~!$&'()*+,;=%-]+\]|([\w.~!$&'()*+,;=\x80-\xff-]|%[0-9A-Fa-f]{2})*)(:[0-9]*)?$/;
const targetBytes = /^[\x21-\x7e\x80-\xff]+$/;
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110 §5.5 forbids exactly these
export const forbiddenInValue = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Without the spaces and tabs around it. A loop: an expression with `+$` takes quadratic time on inner white space. */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] === " " || text[start] === "\t")) start += 1;
  while (end > start && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  return text.slice(start, end);
}

/** All values of a field, in order. */
export function fieldValues(fields: readonly HeaderField[], name: string): string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map((field) => field.value);
}

/** Whether the field's list has this word. Source: RFC 9110 §5.6.1. */
export function hasToken(fields: readonly HeaderField[], name: string, word: string): boolean {
  return listOf(fields, name).includes(word);
}

/** The words of a field's list in lower case. */
export function listOf(fields: readonly HeaderField[], name: string): string[] {
  return fieldValues(fields, name).flatMap((value) => value.split(",").map((word) => trimOws(word).toLowerCase()));
}

function parseFields(lines: string[]): HeaderField[] | string {
  const fields: HeaderField[] = [];
  for (const line of lines) {
    if (line.startsWith(" ") || line.startsWith("\t")) return "a folded header line";
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = trimOws(line.slice(colon + 1));
    if (colon < 1 || !token.test(name)) return "a header line without a name";
    if (forbiddenInValue.test(value)) return `a control character in ${name}`;
    fields.push({ name, value });
  }
  return fields;
}

/** RFC 9112 §6.1 to §6.3; a text says why the message must be refused. */
export function requestBodyFraming(fields: readonly HeaderField[], minorVersion: 0 | 1): BodyFraming | string {
  const codings = fieldValues(fields, "transfer-encoding");
  const lengths = fieldValues(fields, "content-length");
  if (codings.length > 0) {
    if (minorVersion === 0) return "Transfer-Encoding in an HTTP/1.0 request";
    if (lengths.length > 0) return "Transfer-Encoding together with Content-Length";
    return codings.length === 1 && codings[0]?.toLowerCase() === "chunked"
      ? { kind: "chunked" }
      : "a Transfer-Encoding other than chunked";
  }
  const [length] = lengths;
  if (length === undefined) return { kind: "none" };
  if (lengths.length > 1 || !/^[0-9]{1,15}$/.test(length)) return "an odd Content-Length";
  return Number(length) === 0 ? { kind: "none" } : { kind: "length", bytes: Number(length) };
}

function parseAuthority(authority: string, defaultPort: number | null): { host: Host; port: number } | null {
  const match = /^(\[[^\]]*\]|[^:@/?#[\]]+)(?::([0-9]{0,5}))?$/.exec(authority);
  const host = match?.[1] === undefined ? null : normaliseHost(Buffer.from(match[1], "latin1").toString("utf8"));
  const digits = match?.[2];
  const port = digits === undefined || digits === "" ? defaultPort : Number(digits);
  return host === null || port === null || port < 1 || port > 65_535 ? null : { host, port };
}

type Target = Pick<ProxyRequest, "form" | "host" | "port" | "path">;

function parseTarget(method: string, target: string): Target {
  const other: Target = { form: "other", host: null, port: 0, path: target };
  if (method === "CONNECT") {
    const authority = parseAuthority(target, null);
    return authority === null ? other : { form: "connect", ...authority, path: "" };
  }
  const match = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(target);
  const authority = match?.[1] === undefined ? null : parseAuthority(match[1], 80);
  if (authority === null) return other;
  const rest = match?.[2] ?? "";
  const path = rest.startsWith("/") ? rest : rest === "" && method === "OPTIONS" ? "*" : `/${rest}`;
  return { form: "forward", ...authority, path };
}

/**
 * Parse the head of a request to a proxy: request line, header fields, and how the body ends.
 *
 * Strict: CRLF only, no folded lines, no white space in the target, one Host that can be one, no smuggling by framing.
 * Source: RFC 9110 §5.5, §9.3.6; RFC 9112 §2, §3, §5, §6.
 */
export function parseProxyRequest(buffer: Buffer): ParseResult<ProxyRequest> {
  const end = buffer.indexOf("\r\n\r\n");
  if (end > maxHeadBytes || (end < 0 && buffer.length >= maxHeadBytes + 4))
    return tooLarge("a request head over 32 KiB");
  if (end < 0) return canBecomeRequest(buffer) ? more : bad("a request line that is not HTTP/1");
  const [first = "", ...lines] = buffer.toString("latin1", 0, end).split("\r\n");
  const line = requestLine.exec(first);
  if (line?.[1] === undefined || line[2] === undefined) return bad("a request line that is not HTTP/1");
  const minorVersion = line[3] === "0" ? 0 : 1;
  if (lines.length > maxFields) return tooLarge(`more than ${maxFields} header fields`);
  const fields = parseFields(lines);
  if (typeof fields === "string") return bad(fields);
  const body = requestBodyFraming(fields, minorVersion);
  if (typeof body === "string") return bad(body);
  if (line[1] === "CONNECT" && body.kind !== "none") return bad("a body in a CONNECT request");
  const hosts = fieldValues(fields, "host");
  if (hosts.length > 1 || (hosts.length === 0 && minorVersion === 1)) return bad("not exactly one Host field");
  if (!hostField.test(hosts[0] ?? "")) return bad("a Host field that is no host");
  return done({ method: line[1], ...parseTarget(line[1], line[2]), minorVersion, fields, body }, end + 4);
}

/** The same where a request before it may have left an empty line behind its body (RFC 9112 §2.2). */
export function parseNextProxyRequest(buffer: Buffer): ParseResult<ProxyRequest> {
  if (buffer[0] !== 0x0d) return parseProxyRequest(buffer);
  if (buffer.length === 1) return more;
  if (buffer[1] !== 0x0a) return bad("a request line that is not HTTP/1");
  const parsed = parseProxyRequest(buffer.subarray(2));
  return parsed.status === "done" ? done(parsed.value, parsed.consumed + 2) : parsed;
}

/**
 * False once the bytes so far can never be a request: what speaks another protocol, or ends its lines with LF alone,
 * is answered at once instead of at the deadline. Only the request line is looked at: this runs for every read.
 */
function canBecomeRequest(buffer: Buffer): boolean {
  const end = buffer.indexOf(0x0a);
  const line = buffer.toString("latin1", 0, end < 0 ? buffer.length : end);
  if (end >= 0) return line.endsWith("\r") && requestLine.test(line.slice(0, -1));
  const [method = "", target, version, ...rest] = line.split(" ");
  if (method === "") return line === "";
  const isVersionStart = (full: string): boolean => full.startsWith(version ?? "");
  return (
    rest.length === 0 &&
    token.test(method) &&
    (target === undefined || targetBytes.test(target) || (target === "" && version === undefined)) &&
    (isVersionStart("HTTP/1.1\r") || isVersionStart("HTTP/1.0\r"))
  );
}
