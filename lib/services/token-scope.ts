import type { TokenScope } from "@/lib/contracts/api-tokens";
import { AppError } from "@/lib/shared/errors";
import type { StaffActor } from "./actor";

/** A part of the API that tokens may reach; `common` holds nothing to change. */
type Area = Exclude<TokenScope, "read"> | "common";

/** First part of an address below `/api/` to its area. What is not here is closed to tokens: accounts and tokens. */
export const tokenAreas: Readonly<Record<string, Area>> = {
  alerts: "nodes",
  audit: "audit",
  demo: "demo",
  devices: "subscribers",
  "first-steps": "common",
  history: "common",
  live: "common",
  me: "common",
  nodes: "nodes",
  policy: "policy",
  sessions: "common",
  "subscriber-imports": "subscribers",
  subscribers: "subscribers",
  support: "subscribers",
  testbed: "demo",
  usage: "common",
};

function isWithin(scopes: readonly TokenScope[], method: string, path: string): boolean {
  const part = /^\/api\/([a-z-]+)(?:\/|$)/.exec(path)?.[1] ?? "";
  const area = Object.hasOwn(tokenAreas, part) ? tokenAreas[part] : undefined;
  if (area === undefined) return false;
  if (area !== "common" && scopes.includes(area)) return true;
  const isRead = method === "GET" || method === "HEAD";
  return isRead && scopes.includes("read") && area !== "audit";
}

/** Of a call with an API token: it must be within the token's scopes. Errors: AppError AUTH_FORBIDDEN. */
export function requireScope({ token }: StaffActor, method: string, path: string): void {
  if (token === null || isWithin(token.scopes, method, path)) return;
  throw new AppError(
    "AUTH_FORBIDDEN",
    `This token's scopes (${token.scopes.join(", ")}) do not cover ${method} ${path}. Accounts and tokens are closed to every token.`,
  );
}
