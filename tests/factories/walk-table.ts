import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ApiCall, type ApiMethod, apiCalls } from "@/lib/contracts/api";
import type { TokenScope } from "@/lib/contracts/api-tokens";
import type { Role } from "@/lib/contracts/portal";
import { projectRoot } from "@/lib/shared/project-root";

export const walkedMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "FROB"] as const;
export type WalkedMethod = (typeof walkedMethods)[number];

/** What a caller of the walk has to show; `hasOrigin`: the request says that it comes from the portal's own pages. */
export type Proof = { hasOrigin: boolean; isBearer: boolean } & (
  | { kind: "none" }
  | { kind: "staff"; role: Role }
  | { kind: "token"; role: Role; scopes: readonly TokenScope[] }
  | { kind: "node"; nodeKind: "proxy" | "testbed" }
  | { kind: "device" }
  | { kind: "metrics" }
);

/** `in`: not 401, 403, 405 or a failure of ours; `no-method`: 400, 404 or 405, and OPTIONS 204; else the status itself. */
export type Expected = "in" | "no-method" | 401 | 403;

/** Routes of programs alone, which show a code once and no cookie: a write of theirs needs no origin. */
const programs: readonly string[] = ["agents/enrol", "nodes/join"];

/** First parts of addresses that no token reaches, and those that a scope opens; `read` opens what is to be read, but audit. */
const closedToTokens: readonly string[] = ["account", "staff", "tokens"];
const scopeOf: Readonly<Record<string, TokenScope>> = {
  alerts: "nodes",
  audit: "audit",
  demo: "demo",
  devices: "subscribers",
  nodes: "nodes",
  policy: "policy",
  "subscriber-imports": "subscribers",
  subscribers: "subscribers",
  support: "subscribers",
  testbed: "demo",
};

function isInScope(path: string, method: WalkedMethod, scopes: readonly TokenScope[]): boolean {
  const [part = ""] = path.split("/");
  if (closedToTokens.includes(part)) return false;
  const own = scopeOf[part];
  if (own !== undefined && scopes.includes(own)) return true;
  return (method === "GET" || method === "HEAD") && scopes.includes("read") && own !== "audit";
}

function callOf(path: string, method: WalkedMethod): ApiCall | undefined {
  const asked = method === "HEAD" ? "GET" : method;
  return apiCalls[path]?.[asked as ApiMethod];
}

/** What must come of this cell of the walk. */
export function expectedOf(path: string, method: WalkedMethod, proof: Proof): Expected {
  const call = callOf(path, method);
  if (call === undefined) return "no-method";
  const isWrite = method !== "GET" && method !== "HEAD";
  // A browser adds no bearer by itself; the sign-in's own calls are for pages alone.
  const isOurs = proof.hasOrigin || (proof.isBearer && !path.startsWith("auth/")) || programs.includes(path);
  const { caller } = call;
  if (caller === "anyone") return isWrite && !isOurs ? 403 : "in";
  if (caller === "metrics") return proof.kind === "metrics" ? "in" : 401;
  if (caller === "device") return proof.kind === "device" ? "in" : 401;
  if (typeof caller === "string") {
    if (proof.kind !== "node") return 401;
    return caller === `node:${proof.nodeKind}` ? "in" : 403;
  }
  if (proof.kind !== "staff" && proof.kind !== "token") return 401;
  const isWithin = proof.kind === "staff" || isInScope(path, method, proof.scopes);
  return caller.includes(proof.role) && isWithin && (isOurs || !isWrite) ? "in" : 403;
}

export function isAsExpected(expected: Expected, method: WalkedMethod, status: number): boolean {
  if (expected === "no-method") return method === "OPTIONS" ? status === 204 : [400, 404, 405].includes(status);
  if (expected === "in") return status < 500 && ![401, 403, 405].includes(status);
  return status === expected;
}

/** Routes as their folders are written below `app/api`: in the sources, and in the portal as it was built. */
export async function routesOnDisk(): Promise<string[]> {
  const files = await readdir(join(projectRoot(), "app/api"), { recursive: true });
  const inSources = files.filter((file) => file.endsWith("/route.ts")).map(dirname);
  const manifest = join(projectRoot(), ".next/app-path-routes-manifest.json");
  const built: Record<string, string> = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {};
  const inBuild = Object.keys(built)
    .filter((path) => path.startsWith("/api/") && path.endsWith("/route"))
    .map((path) => path.replace(/^\/api\//, "").replace(/\/route$/, ""));
  return [...new Set([...inSources, ...inBuild])].sort();
}

/** Pages of the portal as it was built, as addresses with their folders' placeholders. */
export function pagesOfBuild(): string[] {
  const built: Record<string, string> = JSON.parse(
    readFileSync(join(projectRoot(), ".next/app-path-routes-manifest.json"), "utf8"),
  );
  return Object.entries(built).flatMap(([file, path]) => (file.startsWith("/(portal)/") ? [path] : []));
}

/** What is on disk and in no table, and the reverse. */
export function unlisted(onDisk: readonly string[]): string[] {
  const listed = new Set(Object.keys(apiCalls));
  const missing = onDisk.filter((path) => !listed.has(path));
  const gone = [...listed].filter((path) => !onDisk.includes(path));
  return [...missing, ...gone];
}
