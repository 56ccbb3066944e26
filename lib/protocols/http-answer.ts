import { encodeHead, endToEndFields, fieldLine } from "./http-forward";
import { type BodyFraming, fieldValues, forbiddenInValue, type HeaderField, token, trimOws } from "./http-head";
import { bad, done, more, type ParseResult, tooLarge } from "./parse-result";

/** The head of a server's answer. */
export type HttpAnswer = {
  status: number;
  reason: string;
  /** Minor version of HTTP/1. */
  minorVersion: 0 | 1;
  fields: HeaderField[];
};

/** How an answer's body ends; `until-close`: with the server's connection. */
export type AnswerFraming = BodyFraming | { kind: "until-close" };

/** Servers set large cookies. */
export const maxAnswerHeadBytes = 131_072;
const maxFields = 500;

const statusLine = /^HTTP\/1\.([0-9]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const headEnd = /\r?\n\r?\n/;

/** Folded lines become one (RFC 9112 §5.2), white space before the colon goes (§5.1). */
function parseAnswerFields(lines: readonly string[]): HeaderField[] | string {
  const fields: HeaderField[] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    const isFolded = /^[ \t]/.test(line);
    if (isFolded && last === undefined) return "a folded line before the first field";
    const colon = line.indexOf(":");
    const name = isFolded ? (last?.name ?? "") : trimOws(line.slice(0, Math.max(colon, 0)));
    const value = trimOws(isFolded ? line : line.slice(colon + 1));
    if (!token.test(name)) return "a header line without a name";
    if (forbiddenInValue.test(value)) return `a control character in ${name}`;
    if (isFolded && last !== undefined) last.value = `${last.value} ${value}`;
    else fields.push({ name, value });
  }
  return fields;
}

/**
 * Parse the head of a server's answer. Lenient where servers are careless (LF alone, folded lines), for a head is written
 * anew for the client; strict about what ends a message.
 *
 * Source: RFC 9112 §2.2, §4, §5.
 */
export function parseHttpAnswer(buffer: Buffer): ParseResult<HttpAnswer> {
  const text = buffer.toString("latin1", 0, maxAnswerHeadBytes + 4);
  const end = headEnd.exec(text);
  if (end === null) {
    if (buffer.length > maxAnswerHeadBytes) return tooLarge("a head over 128 KiB");
    const isPossible = "HTTP/1.".startsWith(text.slice(0, 7));
    return isPossible ? more : bad("no HTTP/1 status line");
  }
  const [first = "", ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const line = statusLine.exec(first);
  if (line?.[2] === undefined) return bad("no HTTP/1 status line");
  if (lines.length > maxFields) return tooLarge(`more than ${maxFields} header fields`);
  const fields = parseAnswerFields(lines);
  if (typeof fields === "string") return bad(fields);
  const minorVersion = line[1] === "0" ? 0 : 1;
  const answer = { status: Number(line[2]), reason: line[3] ?? "", minorVersion, fields } satisfies HttpAnswer;
  return done(answer, end.index + end[0].length);
}

/** How the body of the answer to this method ends; a text says why nobody can tell. Source: RFC 9112 §6.3. */
export function answerFraming({ status, minorVersion, fields }: HttpAnswer, method: string): AnswerFraming | string {
  const codings = fieldValues(fields, "transfer-encoding");
  const lengths = new Set(fieldValues(fields, "content-length").flatMap((value) => value.split(",").map(trimOws)));
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return { kind: "none" };
  if (codings.length > 0) {
    if (minorVersion === 0) return "Transfer-Encoding in an HTTP/1.0 answer";
    if (lengths.size > 0) return "Transfer-Encoding together with Content-Length";
    const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === "chunked";
    return isChunked ? { kind: "chunked" } : "a Transfer-Encoding other than chunked";
  }
  const [length] = lengths;
  if (length === undefined) return { kind: "until-close" };
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) return "an odd Content-Length";
  return Number(length) === 0 ? { kind: "none" } : { kind: "length", bytes: Number(length) };
}

export type AnswerHop = {
  viaName: string;
  /** The body is chunked as it goes to the client. */
  isChunked?: boolean;
  /** What Connection says; null: nothing, the connection goes on. */
  connection?: "close" | "upgrade" | null;
};

/**
 * The answer's head for the client: end-to-end fields only, and what is true of the client's own connection.
 * Source: RFC 9110 §6.6.1, §7.6.1, §7.6.3, §8.6; RFC 9112 §6.1, §9.6.
 *
 * @param now its Date where the server says none
 */
export function encodeAnswerHead(
  { status, reason, minorVersion, fields }: HttpAnswer,
  { viaName, isChunked = false, connection = null }: AnswerHop,
  now = new Date(),
): Buffer {
  const [length] = fieldValues(fields, "content-length").flatMap((value) => value.split(",").map(trimOws));
  const hasLength = length !== undefined && /^[0-9]+$/.test(length) && status >= 200 && status !== 204;
  const passed = endToEndFields(fields, ["content-length"]);
  const isDated = status < 200 || fieldValues(passed, "date").length > 0;
  return encodeHead([
    `HTTP/1.1 ${status} ${reason}`,
    ...passed.map(fieldLine),
    ...(isDated ? [] : [`Date: ${now.toUTCString()}`]),
    ...(hasLength ? [`Content-Length: ${length}`] : []),
    ...(isChunked ? ["Transfer-Encoding: chunked"] : []),
    `Via: 1.${minorVersion} ${viaName}`,
    ...(connection === "upgrade" ? ["Upgrade: websocket"] : []),
    ...(connection === null ? [] : [`Connection: ${connection}`]),
  ]);
}
