import type { ZodType } from "zod";
import { hasBearer } from "@/lib/auth/bearer";
import type { UploadType } from "@/lib/contracts/api";
import { AppError, errorCode } from "@/lib/shared/errors";
import type { Access } from "./access";
import { problemResponse, RequestInvalid } from "./problem";
import { readBytes } from "./read-bytes";
import { readJson, requireContentType } from "./read-json";
import { requireSameOrigin } from "./require-same-origin";

const defaultMaxBytes = 64 * 1024;

type Input<Actor, Params, Query, Body> = {
  actor: Actor;
  params: Params;
  query: Query;
  body: Body;
  /** Of a route with `upload`: the body as it comes. */
  bytes: AsyncIterable<Uint8Array>;
  request: Request;
  /** For answers that last: whether the caller would be let in now. */
  isStillAllowed: () => Promise<boolean>;
};

type RouteSpec<Actor, Params, Query, Body> = {
  access: Access<Actor>;
  params?: ZodType<Params>;
  query?: ZodType<Query>;
  body?: ZodType<Body>;
  maxBytes?: number;
  /** Takes a file of this type in place of JSON, at most `maxBytes` of it. */
  upload?: { contentType: UploadType; maxBytes: number };
  /** Status of a JSON answer (200). */
  status?: number;
  /** A Response as it is, anything else as JSON; null as 204. */
  handle: (input: Input<Actor, Params, Query, Body>) => Promise<unknown>;
};

type Context = { params: Promise<Record<string, string | string[] | undefined>> };

/** What a route takes, for the test that holds the API's description against it. */
export type RouteShape = {
  readonly params?: ZodType | undefined;
  readonly query?: ZodType | undefined;
  readonly body?: ZodType | undefined;
  readonly upload?: string | undefined;
  readonly status?: number | undefined;
};

export type RouteHandler = ((request: Request, context: Context) => Promise<Response>) & {
  readonly access: string;
  readonly shape: RouteShape;
};

function parse<T>(schema: ZodType<T> | undefined, value: unknown): T {
  // Without a schema T is `undefined`: nothing of the value is handed on.
  if (schema === undefined) return undefined as T;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RequestInvalid(parsed.error);
  return parsed.data;
}

function parseParams<T>(schema: ZodType<T> | undefined, value: unknown): T {
  try {
    return parse(schema, value);
  } catch (cause) {
    throw new AppError("NOT_FOUND", "There is nothing at this address.", { cause });
  }
}

function toResponse(result: unknown, status: number): Response {
  if (result instanceof Response) return result;
  const headers = { "cache-control": "no-store" };
  return result === null ? new Response(null, { status: 204, headers }) : Response.json(result, { status, headers });
}

/** Only a clear "no" is one: while the database is away nobody is thrown out. */
async function isStillAllowed(access: Access<unknown>, request: Request): Promise<boolean> {
  return access.check(request, false).then(
    () => true,
    (error: unknown) => !(errorCode(error) ?? "").startsWith("AUTH_"),
  );
}

/**
 * The one way to make a route: who calls → may they → is it from our pages → what do they want → do it → JSON, or an
 * RFC 9457 problem for whatever was thrown on the way.
 */
export function route<Actor, Params = undefined, Query = undefined, Body = undefined>(
  spec: RouteSpec<Actor, Params, Query, Body>,
): RouteHandler {
  const answer = async (request: Request, context: Context): Promise<Response> => {
    try {
      const actor = await spec.access.check(request, true);
      const isWrite = request.method !== "GET" && request.method !== "HEAD";
      if (isWrite && spec.access.isBrowser && !hasBearer(request)) requireSameOrigin(request);
      if (isWrite) requireContentType(request, spec.upload?.contentType ?? "application/json");
      const params = parseParams(spec.params, await context.params);
      const query = parse(spec.query, Object.fromEntries(new URL(request.url).searchParams));
      const body = parse(spec.body, spec.body && (await readJson(request, spec.maxBytes ?? defaultMaxBytes)));
      const bytes = readBytes(request, spec.upload?.maxBytes ?? 0);
      const input = { actor, params, query, body, bytes, request };
      const result = await spec.handle({ ...input, isStillAllowed: () => isStillAllowed(spec.access, request) });
      return toResponse(result, spec.status ?? 200);
    } catch (error) {
      return problemResponse(error, request);
    }
  };
  const { params, query, body, upload, status } = spec;
  const shape: RouteShape = { params, query, body, upload: upload?.contentType, status };
  return Object.assign(answer, { access: spec.access.name, shape });
}
