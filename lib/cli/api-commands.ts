import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ApiClient } from "@/lib/client/api-client";
import { type ApiMethod, apiCalls, apiMethods } from "@/lib/contracts/api";
import { readEnv, requireEnv } from "@/lib/shared/env";
import { say } from "./say";

type Pairs = Record<string, string>;
type Call = { portal: string; query?: Pairs; body?: string; ifMatch?: string; idempotencyKey?: string };

export const apiPortal = (portalPort: number): Option =>
  new Option("--portal <url>", "the portal as this machine reaches it").default(
    readEnv("TWINPATH_PORTAL_URL") ?? `http://127.0.0.1:${portalPort}`,
  );

/** With the token of TWINPATH_API_TOKEN. Errors: AppError ENV_MISSING. */
export function apiClient(portal: string): ApiClient {
  return new ApiClient(portal, requireEnv("TWINPATH_API_TOKEN"));
}

function addPair(text: string, before: Pairs = {}): Pairs {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** "subscribers/7f…" to the folders that it is of, and what stands for their placeholders; null for none. */
export function matchApiPath(text: string): { path: string; params: Pairs } | null {
  const asked = text.replace(/^\/?(api\/)?/, "").split("/");
  // A folder's own name goes before a placeholder.
  const paths = Object.keys(apiCalls).sort((one, other) => Number(one.includes("[")) - Number(other.includes("[")));
  for (const path of paths) {
    const folders = path.split("/");
    if (folders.length !== asked.length) continue;
    const params: Pairs = {};
    const isMatch = folders.every((folder, at) => {
      const [, name] = /^\[(?:\.\.\.)?(\w+)\]$/.exec(folder) ?? [];
      if (name !== undefined) params[name] = decodeURIComponent(asked[at] ?? "");
      return name !== undefined || folder === asked[at];
    });
    if (isMatch) return { path, params };
  }
  return null;
}

const textOf = (body: string): string => (body.startsWith("@") ? readFileSync(body.slice(1), "utf8") : body);

/** `twinpath api METHOD PATH`: prints the answer, JSON indented and everything else as it comes. */
async function runApi(method: ApiMethod, path: string, options: Call): Promise<void> {
  const { portal, query, body, ifMatch, idempotencyKey } = options;
  const found = matchApiPath(path) ?? { path, params: {} };
  const isFile = apiCalls[found.path]?.[method]?.upload !== undefined;
  const answer = await apiClient(portal).callByName(method, found.path, {
    params: found.params,
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: isFile ? textOf(body) : JSON.parse(textOf(body)) }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  if (answer instanceof Response) {
    if (answer.body !== null)
      await pipeline(Readable.fromWeb(answer.body as ReadableStream), process.stdout, { end: false });
  } else if (answer !== null) say(JSON.stringify(answer, null, 2));
}

function runApiList(): void {
  for (const [path, calls] of Object.entries(apiCalls).sort())
    for (const method of apiMethods) {
      const call = calls[method];
      if (call !== undefined) say(`${method.padEnd(6)} ${path.padEnd(40)} ${call.summary}`);
    }
}

/** `twinpath api …`: the portal's API from anywhere, with the token in TWINPATH_API_TOKEN. */
export function addApiCommand(program: Command, portalPort: number): void {
  program
    .command("api")
    .description("call the portal's API with the token in TWINPATH_API_TOKEN; without arguments: what there is to call")
    .addArgument(program.createArgument("[method]", "GET, POST, PUT or DELETE").argParser(parseMethod))
    .argument("[path]", "below /api/: nodes, subscribers/ID")
    .addOption(apiPortal(portalPort))
    .option("--query <name=value...>", "a part of the query", addPair)
    .option("--body <json>", "the body; @FILE reads it from a file")
    .option("--if-match <etag>", "of what is changed, as GET gave it")
    .option("--idempotency-key <key>", "the same key again does nothing again")
    .action((method: ApiMethod | undefined, path: string | undefined, options: Call) =>
      method === undefined ? runApiList() : runApi(method, path ?? "", options),
    );
}

function parseMethod(text: string): ApiMethod {
  const method = apiMethods.find((one) => one === text.toUpperCase());
  if (method === undefined) throw new InvalidArgumentError(`give one of ${apiMethods.join(", ")}.`);
  return method;
}
