import { type Agent, request } from "node:http";
import { type ApiMethod, apiCalls } from "@/lib/contracts/api";

/** Values where a field expects another one. */
const oddValues: readonly unknown[] = [
  null,
  -1,
  1e308,
  0.5,
  "",
  "\0",
  "\ud800",
  "' OR 1=1 --",
  "../../etc/passwd",
  "x".repeat(5000),
  "2026-02-31T25:61:00Z",
  [],
  {},
  [[[[[[]]]]]],
  { $gt: "" },
  true,
  "=cmd|' /C calc'!A0",
  "00000000-0000-0000-0000-000000000000",
];
const fieldNames = [
  "id",
  "name",
  "reason",
  "msisdn",
  "password",
  "email",
  "token",
  "rules",
  "limit",
  "__proto__",
  "constructor",
  "at",
];
const oddParts = [
  "%00",
  "%ff",
  "%2e%2e",
  "nobody",
  "1",
  "-1",
  "99999999999999999999",
  "%F0%9F%98%80",
  "x".repeat(300),
  "demo-ue",
];
const oddTypes = [
  "application/json",
  "application/json; charset=utf-16",
  "text/csv",
  "multipart/form-data; boundary=x",
  "",
];

export type MalformedCall = { method: string; path: string; headers: Record<string, string>; body: string | null };

/** Calls that no client should make, of every route: odd parts of the address, queries, headers and bodies. */
export function malformedCall(random: () => number, own: Record<string, string>): MalformedCall {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const object = (): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: Math.floor(random() * 5) }, () => [pick(fieldNames), pick(oddValues)]));
  const [folders, calls] = pick(Object.entries(apiCalls));
  const method =
    random() < 0.9 ? pick(Object.keys(calls) as ApiMethod[]) : pick(["PATCH", "DELETE", "PUT", "POST", "OPTIONS"]);
  const path = folders
    .split("/")
    .map((part) => (part.startsWith("[") ? pick(oddParts) : part))
    .join("/");
  const query = random() < 0.4 ? `?${pick(fieldNames)}=${pick(oddParts)}&cursor=${pick(oddParts)}` : "";
  const isWrite = !["GET", "OPTIONS"].includes(method);
  const headers: Record<string, string> = random() < 0.9 ? { ...own } : { authorization: `Bearer ${pick(oddParts)}.x` };
  if (random() < 0.2) headers["if-match"] = pick(['"x"', "*", "W/x", ""]);
  if (random() < 0.1) headers["last-event-id"] = pick(oddParts);
  if (random() < 0.1) headers["x-forwarded-for"] = pick(["x", "::", "1.2.3.4, 5"]);
  if (!isWrite) return { method, path: `/api/${path}${query}`, headers, body: null };
  headers["content-type"] = random() < 0.9 ? "application/json" : pick(oddTypes);
  const kind = random();
  const text = JSON.stringify(kind < 0.1 ? pick(oddValues) : object());
  const body =
    kind < 0.8
      ? text
      : kind < 0.9
        ? text.slice(0, -1)
        : kind < 0.98
          ? `${text}\ufffd${text}`
          : `[${"[".repeat(20_000)}`;
  return { method, path: `/api/${path}${query}`, headers, body };
}

/** The status of the answer, "late" where none came in time, "closed" where the connection ended instead; a stream is left. */
export function makeCall(
  agent: Agent,
  origin: URL,
  call: MalformedCall,
  deadlineMs: number,
): Promise<number | "late" | "closed"> {
  return new Promise((resolve) => {
    const { method, path, headers, body } = call;
    const length = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const asked = request({
      agent,
      host: origin.hostname,
      port: origin.port,
      method,
      path,
      headers: { ...headers, ...length },
    });
    let status: number | "late" | "closed" = "closed";
    const timer = setTimeout(() => {
      if (typeof status !== "number") status = "late";
      asked.destroy();
    }, deadlineMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve(status);
    };
    asked.once("error", end).once("close", end);
    asked.once("response", (response) => {
      status = response.statusCode ?? 0;
      if (response.headers["content-type"]?.startsWith("text/event-stream")) asked.destroy();
      else response.resume().once("end", end);
    });
    asked.end(body ?? undefined);
  });
}
