import * as z from "zod";
import { type ApiCall, type ApiCaller, type ApiMethod, apiCalls, apiMethods } from "@/lib/contracts/api";
import { problemSchema, type Role } from "@/lib/contracts/portal";
import { version } from "@/lib/shared/version";

type Json = Record<string, unknown>;

/** What the description says in the reader's language; its schemas and answers are in English. */
export type ApiWords = {
  about: string;
  /** Of the call at a method and its route's folders: `GET nodes/[id]/settings`. */
  summaryOf: (call: ApiCall, address: string) => string;
  allowed: (roles: readonly Role[]) => string;
};

export const englishApiWords: ApiWords = {
  about: "Times are RFC 3339, volumes whole bytes, rates bit/s. Errors are RFC 9457 problem documents.",
  summaryOf: ({ summary }) => summary,
  allowed: (roles) => `Roles: ${roles.join(", ")}.`,
};

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

/** Folder names to a templated path: `subscribers/[id]` to `/api/subscribers/{id}`. */
export function openApiPath(folders: string): string {
  return `/api/${folders.replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}")}`;
}

function parametersOf(schema: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input");
  return Object.entries(properties as Json).map(([name, part]) => ({
    name,
    in: place,
    required: place === "path" || (required as string[]).includes(name),
    schema: part,
  }));
}

/** Path parameters of a call without a schema for them. */
function freeParameters(path: string, { params }: ApiCall): Json[] {
  if (params !== undefined) return [];
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

const headerParameters = ({ needs = [] }: ApiCall): Json[] =>
  needs.map((name) => ({ name, in: "header", required: name !== "If-Match", schema: { type: "string" } }));

function requestBody({ body, upload }: ApiCall): Json {
  if (upload !== undefined) return { requestBody: { required: true, content: { [upload]: {} } } };
  if (body === undefined) return {};
  const schema = jsonSchema(body, "input");
  return { requestBody: { required: true, content: { "application/json": { schema } } } };
}

function goodAnswer(call: ApiCall): Json {
  const { answer } = call;
  const status = call.status ?? 200;
  if (answer === "nothing") return { "204": { description: "Done; no content" } };
  if (answer === "csv") return { [status]: { description: "A CSV file", content: { "text/csv": {} } } };
  if (answer === "bytes")
    return { [status]: { description: "Bytes as they are", content: { "application/octet-stream": {} } } };
  if (answer === "text") return { [status]: { description: "Plain text", content: { "text/plain": {} } } };
  if ("events" in answer) {
    const schema = jsonSchema(answer.events, "output");
    const description = "Server-sent events; `event:` is the type, `data:` has this shape";
    return { [status]: { description, content: { "text/event-stream": { schema } } } };
  }
  const schema = jsonSchema(answer.json, "output");
  return { [status]: { description: "Done", content: { "application/json": { schema } } } };
}

const credentials: Readonly<Record<Exclude<ApiCaller, readonly unknown[]>, Json[]>> = {
  anyone: [],
  "node:proxy": [{ nodeCredential: [] }],
  "node:testbed": [{ nodeCredential: [] }],
  device: [{ deviceCredential: [] }],
  metrics: [{ metricsToken: [] }],
};

/** Accounts and tokens are closed to tokens: a signed-in browser only. */
function securityOf(path: string, caller: ApiCaller): Json[] {
  if (typeof caller === "string") return credentials[caller];
  const isClosed = /^\/api\/(account|staff|tokens)(\/|$)/.test(path);
  return isClosed ? [{ session: [] }] : [{ session: [] }, { apiToken: [] }];
}

function operation(folders: string, method: ApiMethod, call: ApiCall, words: ApiWords): Json {
  const { caller } = call;
  const path = openApiPath(folders);
  return {
    operationId: `${method.toLowerCase()} ${path}`.replaceAll(/[^A-Za-z]+(\w)/g, (_, letter: string) =>
      letter.toUpperCase(),
    ),
    summary: words.summaryOf(call, `${method} ${folders}`),
    tags: [path.split("/")[2]],
    ...(typeof caller === "string" ? {} : { description: words.allowed(caller) }),
    security: securityOf(path, caller),
    parameters: [
      ...freeParameters(path, call),
      ...parametersOf(call.params, "path"),
      ...parametersOf(call.query, "query"),
      ...headerParameters(call),
    ],
    ...requestBody(call),
    responses: { ...goodAnswer(call), default: { $ref: "#/components/responses/Problem" } },
  };
}

function pathItem(folders: string, words: ApiWords): [string, Json] {
  const calls = apiCalls[folders] ?? {};
  const operations = apiMethods.flatMap((method) => {
    const call = calls[method];
    return call === undefined ? [] : [[method.toLowerCase(), operation(folders, method, call, words)]];
  });
  return [openApiPath(folders), Object.fromEntries(operations)];
}

const bearer = (description: string): Json => ({ type: "http", scheme: "bearer", description });

/** Schemas that have a name stand once among the components, and are referred to there. */
function withComponents(document: Json): Json {
  const schemas: Json = {};
  const hoisted: Json = JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key === "$ref" && typeof value === "string") return value.replace("#/$defs/", "#/components/schemas/");
    if (key !== "$defs") return value;
    Object.assign(schemas, value);
    return undefined;
  });
  const components = hoisted["components"] as { schemas: Json };
  Object.assign(components.schemas, schemas);
  return hoisted;
}

/** The API's description, made of the contracts. Source: OpenAPI Specification 3.1. */
export function describeApi(words = englishApiWords): Json {
  const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return withComponents({
    openapi: "3.1.0",
    info: { title: "Twinpath portal", version, description: words.about },
    servers: [{ url: "/" }],
    paths: Object.fromEntries(
      Object.keys(apiCalls)
        .sort()
        .map((folders) => pathItem(folders, words)),
    ),
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      responses: { Problem: { description: "What went wrong and what to do", content: problem } },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "twinpath.session",
          description: "A signed-in browser; `__Host-` before it on https. Writes come from the portal's own pages.",
        },
        apiToken: bearer("An API token, within its scopes"),
        nodeCredential: bearer("A node's credential, id.secret"),
        deviceCredential: bearer("A device's credential, id.secret"),
        metricsToken: bearer("The token that TWINPATH_METRICS_TOKEN holds"),
      },
    },
  });
}
