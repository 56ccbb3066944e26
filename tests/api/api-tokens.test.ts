import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as listAudit } from "@/app/api/audit/route";
import { GET as me } from "@/app/api/me/route";
import { PUT as putStaff } from "@/app/api/staff/[id]/route";
import { POST as createSubscriber, GET as listSubscribers } from "@/app/api/subscribers/route";
import { POST as revokeToken } from "@/app/api/tokens/[id]/revoke/route";
import { POST as createToken, GET as listTokens } from "@/app/api/tokens/route";
import {
  apiTokenListSchema,
  type NewApiToken,
  newApiTokenSchema,
  type TokenScope,
  tokenScopeSchema,
} from "@/lib/contracts/api-tokens";
import { auditListSchema } from "@/lib/contracts/audit";
import { getDatabase } from "@/lib/db/client";
import type { RouteHandler } from "@/lib/http/api-route";
import { tokenAreas } from "@/lib/services/token-scope";
import { projectRoot } from "@/lib/shared/project-root";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let admin: Awaited<ReturnType<typeof signedIn>>;

const modules = import.meta.glob<Record<string, RouteHandler | undefined>>("../../app/api/**/route.ts");
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

async function makeToken(scopes: TokenScope[], by = admin): Promise<NewApiToken> {
  const body = { name: `For ${scopes.join(" ")}`, scopes, validDays: 30 };
  const answer = await callRoute(createToken, { body, headers: { cookie: by.cookie } });
  expect(answer.status).toBe(201);
  return newApiTokenSchema.parse(await answer.json());
}

/** The status with which a route answers a program that has this token, and no cookie and origin. */
async function statusOf(secret: string, call: string): Promise<number> {
  const [method = "", path = ""] = call.split(" ");
  const load = modules[`../../app/api/${path}/route.ts`];
  const handler = (await load?.())?.[method];
  if (handler === undefined) throw new Error(`there is no ${call}`);
  const address = `/api/${path.replace("[id]", randomUUID()).replace("[version]", "1")}`;
  const answer = await callRoute(handler, {
    method,
    path: address,
    params: { id: randomUUID(), version: "1" },
    headers: { ...bearer(secret), origin: "" },
    body: {},
  });
  await answer.body?.cancel();
  return answer.status;
}

/** One call of each class of routes, and the scopes that cover it. */
const calls: Record<string, readonly TokenScope[]> = {
  "GET me": ["read"],
  "GET usage": ["read"],
  "GET sessions": ["read"],
  "GET live": ["read"],
  "GET subscribers": ["read", "subscribers"],
  "POST subscribers": ["subscribers"],
  "POST subscribers/bulk": ["subscribers"],
  "DELETE subscribers/[id]": ["subscribers"],
  "GET subscribers/export": ["read", "subscribers"],
  "POST subscriber-imports/[id]/cancel": ["subscribers"],
  "GET devices": ["read", "subscribers"],
  "POST support/look-up": ["subscribers"],
  "GET policy/draft": ["read", "policy"],
  "POST policy/publish": ["policy"],
  "POST policy/simulate": ["policy"],
  "PUT policy/draft/networks": ["policy"],
  "GET nodes/[id]/settings": ["read", "nodes"],
  "PUT nodes/[id]/settings": ["nodes"],
  "POST nodes/[id]/drain": ["nodes"],
  "GET demo/runs": ["read", "demo"],
  "POST demo/runs": ["demo"],
  "POST testbed/links": ["demo"],
  "GET audit": ["audit"],
  "GET audit/export": ["audit"],
  "GET staff": [],
  "POST staff": [],
  "POST staff/[id]/links": [],
  "GET account/sessions": [],
  "POST account/password": [],
  "GET account/second-factor": [],
  "GET tokens": [],
  "POST tokens": [],
  "POST tokens/[id]/revoke": [],
};

beforeAll(async () => {
  database = await startTestDatabase();
  admin = await signedIn("admin");
});
afterAll(() => database.stop());

describe("a token's scope", () => {
  it.each(tokenScopeSchema.options)("%s covers its calls and no others", async (scope) => {
    const { secret } = await makeToken([scope]);
    for (const [call, scopes] of Object.entries(calls)) {
      const status = await statusOf(secret, call);
      if (scopes.includes(scope)) expect([401, 403], `${scope}: ${call}`).not.toContain(status);
      else expect(status, `${scope}: ${call}`).toBe(403);
    }
  });

  it("is decided for every part of the API that staff use", async () => {
    const files = (await readdir(join(projectRoot(), "app/api"), { recursive: true })).filter((file) =>
      file.endsWith("route.ts"),
    );
    const parts = new Set<string>();
    for (const file of files) {
      const text = await readFile(join(projectRoot(), "app/api", file), "utf8");
      if (/\b(anyStaff|staff\()/.test(text)) parts.add(file.split("/")[0] ?? "");
    }
    const closed = ["account", "staff", "tokens"];
    expect([...parts].filter((part) => !closed.includes(part)).sort()).toEqual(Object.keys(tokenAreas).sort());
  });

  it("never goes beyond the rights of who made it, as they are now", async () => {
    const other = await signedIn("admin");
    const { secret } = await makeToken(["policy", "read"], other);
    expect(await statusOf(secret, "POST policy/publish")).not.toBe(403);
    await getDatabase().staff.update({ where: { id: other.staffId }, data: { role: "viewer" } });
    expect(await statusOf(secret, "POST policy/publish")).toBe(403);
    expect(await statusOf(secret, "GET policy/draft")).toBe(200);
    await getDatabase().staff.update({ where: { id: other.staffId }, data: { disabledAt: new Date() } });
    expect(await statusOf(secret, "GET policy/draft")).toBe(401);
  });
});

describe("a token", () => {
  it("is shown once, kept as a hash, and its use is noted", async () => {
    const { token, secret } = await makeToken(["read"]);
    expect(token).toMatchObject({ staffName: "A admin", scopes: ["read"], lastUsedAt: null, revokedAt: null });
    const kept = JSON.stringify(
      [await getDatabase().apiToken.findMany(), await getDatabase().auditEntry.findMany()],
      (_, value) => (typeof value === "bigint" ? value.toString() : value),
    );
    expect(kept).not.toContain(secret.split(".")[1]);
    expect(await statusOf(secret, "GET me")).toBe(200);
    const list = await callRoute(listTokens, { headers: { cookie: admin.cookie }, query: "limit=100" });
    const found = apiTokenListSchema.parse(await list.json()).items.find(({ id }) => id === token.id);
    expect(found?.lastUsedAt).not.toBeNull();
  });

  it("is refused when wrong, expired or revoked", async () => {
    const { token, secret } = await makeToken(["read"]);
    for (const wrong of [`${token.id}.AAAAAAAAAAAAAAAAAAAAAA`, `${randomUUID()}.x`, "x.y", "x", `${secret}x`])
      expect(await statusOf(wrong, "GET me"), wrong).toBe(401);
    await getDatabase().apiToken.update({ where: { id: token.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await statusOf(secret, "GET me")).toBe(401);
    await getDatabase().apiToken.update({ where: { id: token.id }, data: { expiresAt: new Date(Date.now() + 9e6) } });
    expect(await statusOf(secret, "GET me")).toBe(200);
    const call = { params: { id: token.id }, headers: { cookie: admin.cookie }, body: { reason: "Not needed" } };
    expect((await callRoute(revokeToken, call)).status).toBe(200);
    expect(await statusOf(secret, "GET me")).toBe(401);
    const where = { target: `token:${token.id}`, action: "token.revoke" };
    expect(await getDatabase().auditEntry.findMany({ where })).toMatchObject([{ reason: "Not needed" }]);
  });

  it("counts alone: a cookie beside it gives no more rights, and none where it is wrong", async () => {
    const { secret } = await makeToken(["read"]);
    const both = (credential: string) => ({ cookie: admin.cookie, ...bearer(credential) });
    const put = { method: "PUT", params: { id: admin.staffId }, path: `/api/staff/${admin.staffId}`, body: {} };
    expect((await callRoute(putStaff, { ...put, headers: both(secret) })).status).toBe(403);
    expect((await callRoute(me, { path: "/api/me", headers: both("x.y") })).status).toBe(401);
    const withoutOrigin = { body: {}, headers: { cookie: admin.cookie, origin: "" }, path: "/api/subscribers" };
    expect((await callRoute(createSubscriber, withoutOrigin)).status).toBe(403);
  });

  it("is who did it, by its name, in the audit log", async () => {
    const { token, secret } = await makeToken(["subscribers"]);
    const body = {
      msisdn: "+82101234567",
      imsi: null,
      state: "active",
      serviceClassId: "gold",
      extraWhiteListIds: [],
    };
    const headers = { ...bearer(secret), origin: "" };
    const made = await callRoute(createSubscriber, { body, headers, path: "/api/subscribers" });
    expect(made.status).toBe(201);
    const query = new URLSearchParams({ actor: "For subscribers", action: "subscriber.create" });
    const list = await callRoute(listAudit, { headers: { cookie: admin.cookie }, query: query.toString() });
    expect(auditListSchema.parse(await list.json()).items[0]).toMatchObject({
      actor: `token:${token.id}`,
      actorName: "For subscribers (API token)",
    });
    expect((await callRoute(listSubscribers, { headers, path: "/api/subscribers" })).status).toBe(200);
  });
});
