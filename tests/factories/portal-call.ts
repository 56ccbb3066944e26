import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import type { Role } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import type { RouteHandler } from "@/lib/http/api-route";
import { createStaffSession } from "@/lib/services/staff-sessions";
import { requireEnv } from "@/lib/shared/env";
import { EventStreamParser } from "@/lib/shared/event-stream";
import { testOrigin } from "./database";

export type Call = {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  params?: Record<string, string>;
  query?: string;
  /** Of the address; only API tokens are judged by it. */
  path?: string;
};

/** Headers of a write from the portal's own pages. */
export const fromOurPages = { origin: testOrigin, "content-type": "application/json" };

/** Call a route's handler with a real Request. */
export function callRoute(handler: RouteHandler, call: Call = {}, signal?: AbortSignal): Promise<Response> {
  const method = call.method ?? (call.body === undefined ? "GET" : "POST");
  const init: RequestInit = { method, headers: { ...(method === "GET" ? {} : fromOurPages), ...call.headers } };
  const isRaw = typeof call.body === "string" || call.body instanceof Uint8Array;
  if (method !== "GET") init.body = isRaw ? (call.body as BodyInit) : JSON.stringify(call.body ?? {});
  if (signal !== undefined) init.signal = signal;
  const request = new Request(
    `${testOrigin}${call.path ?? "/"}${call.query === undefined ? "" : `?${call.query}`}`,
    init,
  );
  return handler(request, { params: Promise.resolve(call.params ?? {}) });
}

/** The cookie header of a browser with this session. */
export async function cookieOf(sessionId: string): Promise<{ cookie: string }> {
  const token = await encode({ token: { sid: sessionId }, secret: requireEnv("NEXTAUTH_SECRET") });
  return { cookie: `twinpath.session=${token}` };
}

/** An account with this role that has signed in. */
export async function signedIn(role: Role): Promise<{ cookie: string; staffId: string; sessionId: string }> {
  const staffId = randomUUID();
  const email = `${role}-${staffId}@example.com`;
  await getDatabase().staff.create({ data: { id: staffId, email, name: `A ${role}`, passwordHash: "", role } });
  const sessionId = await createStaffSession(staffId);
  return { ...(await cookieOf(sessionId)), staffId, sessionId };
}

export type OpenStream = {
  /** Events so far, parsed. */
  events: { type: string; id: string | null; data: Record<string, unknown> }[];
  /** The first event that fits, also one that came before; fails after 5 s. */
  next: (fits: (event: OpenStream["events"][number]) => boolean) => Promise<OpenStream["events"][number]>;
  ended: Promise<void>;
  close: () => void;
};

/** Read a route's event stream as a client does. */
export async function openStream(handler: RouteHandler, call: Call): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await callRoute(handler, call, abort.signal);
  if (response.body === null || response.status !== 200)
    throw new Error(`${response.status}: ${await response.text()}`);
  const reader = response.body.getReader();
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  const events: OpenStream["events"] = [];
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      for (const { type, id, data } of parser.push(decoder.decode(part.value, { stream: true })))
        events.push({ type, id, data: JSON.parse(data) });
  };
  const ended = read();
  return {
    events,
    ended,
    close: () => abort.abort(),
    next: async (fits) => {
      for (
        const deadline = Date.now() + 5000;
        Date.now() < deadline;
        await new Promise((done) => setTimeout(done, 10))
      ) {
        const found = events.find(fits);
        if (found !== undefined) return found;
      }
      throw new Error(`no such event among: ${events.map(({ type }) => type).join(", ")}`);
    },
  };
}
