import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Problem, problemSchema, roleSchema } from "@/lib/contracts/portal";
import type { RouteHandler } from "@/lib/http/api-route";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { revokeStaffSession } from "@/lib/services/staff-sessions";
import { projectRoot } from "@/lib/shared/project-root";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

const everyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const roles = roleSchema.options;
const callers = ["nobody", "revoked", ...roles, "proxy", "testbed", "device", "wrong-secret"] as const;
type Caller = (typeof callers)[number];

const admins: readonly Caller[] = ["admin"];
const everybody: readonly Caller[] = callers;
const subscriberReaders: readonly Caller[] = ["admin", "operator", "support"];
const subscriberWriters: readonly Caller[] = ["admin", "operator"];
const policyReaders: readonly Caller[] = ["admin", "operator", "support", "viewer"];
const policyTeams: readonly Caller[] = ["admin", "operator"];
const nodeTeams: readonly Caller[] = ["admin", "operator"];
const demoTeams: readonly Caller[] = ["admin", "operator", "demo"];

/** Who may do what, written down by hand: a route that is not here, or does more, fails the walk. */
const table: Record<string, Partial<Record<(typeof everyMethod)[number], readonly Caller[]>>> = {
  "account/language": { PUT: roles },
  "account/password": { POST: roles },
  "account/second-factor": { GET: roles, POST: roles },
  "account/second-factor/confirm": { POST: roles },
  "account/second-factor/remove": { POST: roles },
  "account/sessions": { GET: roles },
  "account/sessions/[id]/revoke": { POST: roles },
  "account/sessions/revoke-others": { POST: roles },
  "account/views": { GET: roles, POST: roles },
  "account/views/[id]": { DELETE: roles },
  alerts: { GET: roles },
  "alerts/[id]/acknowledge": { POST: nodeTeams },
  "alerts/webhook": { GET: ["admin"], PUT: ["admin"] },
  "alerts/webhook/test": { POST: ["admin"] },
  "alerts/rules/[kind]": { PUT: nodeTeams },
  "alerts/rules/[kind]/mute": { POST: nodeTeams },
  "agents/demo-reports": { POST: ["device"] },
  "agents/enrol": { POST: everybody },
  "agents/policy": { GET: ["device"] },
  audit: { GET: admins },
  "audit/export": { GET: admins },
  "audit/verification": { GET: admins },
  "auth/[...nextauth]": { GET: everybody, POST: everybody },
  "choose-password": { POST: everybody },
  "demo/devices": { GET: demoTeams },
  "demo/runs": { GET: roles, POST: demoTeams },
  "demo/runs/[id]": { GET: roles },
  "demo/runs/[id]/cancel": { POST: demoTeams },
  "demo/runs/[id]/shares": { GET: demoTeams, POST: demoTeams },
  "demo/source/[id]": { GET: everybody, PUT: everybody },
  "demo/shares/[id]/revoke": { POST: demoTeams },
  "demo/shares/open": { POST: everybody },
  devices: { GET: subscriberReaders },
  "devices/[deviceId]/revoke": { POST: subscriberWriters },
  "devices/[deviceId]/rotate": { POST: subscriberWriters },
  "first-steps": { GET: roles },
  health: { GET: everybody },
  "health/live": { GET: everybody },
  history: { GET: roles },
  "history/export": { GET: roles },
  live: { GET: roles },
  me: { GET: roles },
  metrics: { GET: [] },
  nodes: { GET: roles },
  "nodes/[id]/credential": { POST: nodeTeams },
  "nodes/[id]/revoke": { POST: nodeTeams },
  "nodes/[id]/drain": { POST: nodeTeams },
  "nodes/[id]/profile": { PUT: nodeTeams },
  "nodes/[id]/restart": { POST: nodeTeams },
  "nodes/[id]/resume": { POST: nodeTeams },
  "nodes/[id]/settings": { GET: roles, PUT: nodeTeams },
  "nodes/credential": { POST: ["proxy"] },
  "nodes/entitlements/[deviceId]": { GET: ["proxy"] },
  "nodes/join": { POST: everybody },
  "nodes/join-codes": { POST: nodeTeams },
  "nodes/policy": { GET: ["proxy"] },
  "nodes/policy-acks": { POST: ["proxy"] },
  "nodes/telemetry": { POST: ["proxy"] },
  "openapi.json": { GET: everybody },
  "policy/canary/promote": { POST: policyTeams },
  "policy/canary/revert": { POST: policyTeams },
  "policy/draft": { GET: policyReaders },
  "policy/draft/diff": { GET: policyReaders },
  "policy/draft/discard": { POST: policyTeams },
  "policy/draft/findings": { GET: policyReaders },
  "policy/draft/impact": { GET: policyReaders },
  "policy/draft/networks": { GET: policyReaders, PUT: policyTeams },
  "policy/draft/service-classes": { GET: roles },
  "policy/draft/service-classes/[id]": { PUT: policyTeams, DELETE: policyTeams },
  "policy/draft/white-lists": { GET: policyReaders },
  "policy/draft/white-lists/[id]": { PUT: policyTeams, DELETE: policyTeams },
  "policy/draft/white-lists/[id]/rules": { GET: policyReaders, POST: policyTeams },
  "policy/publish": { POST: policyTeams },
  "policy/simulate": { POST: policyReaders },
  "policy/versions": { GET: policyReaders },
  "policy/versions/[version]": { GET: policyReaders },
  "policy/versions/[version]/diff": { GET: policyReaders },
  "policy/versions/[version]/rollback": { POST: policyTeams },
  sessions: { GET: roles },
  "sessions/[key]": { GET: roles },
  setup: { POST: everybody },
  staff: { GET: admins, POST: admins },
  "staff/[id]": { PUT: admins },
  "staff/[id]/links": { POST: admins },
  "staff/[id]/second-factor/remove": { POST: admins },
  "staff/[id]/sessions": { GET: admins },
  "staff/[id]/sessions/revoke": { POST: admins },
  "subscriber-imports": { GET: subscriberReaders, POST: subscriberWriters },
  "subscriber-imports/[id]": { GET: subscriberReaders },
  "subscriber-imports/[id]/cancel": { POST: subscriberWriters },
  "subscriber-imports/[id]/commit": { POST: subscriberWriters },
  "subscriber-imports/[id]/result": { GET: subscriberWriters },
  "subscriber-imports/[id]/rows": { GET: subscriberReaders },
  subscribers: { GET: subscriberReaders, POST: subscriberWriters },
  "subscribers/[id]": { GET: subscriberReaders, PUT: subscriberWriters, DELETE: subscriberWriters },
  "subscribers/[id]/enrolment-codes": { POST: subscriberWriters },
  "subscribers/bulk": { POST: subscriberWriters },
  "subscribers/export": { GET: subscriberWriters },
  "support/look-up": { POST: subscriberReaders },
  "support/moment": { POST: subscriberReaders },
  "support/snapshots": { POST: subscriberReaders },
  "support/snapshots/[token]": { GET: subscriberReaders },
  "support/snapshots/[token]/revoke": { POST: subscriberReaders },
  "testbed/commands": { GET: ["testbed"] },
  "testbed/links": { POST: demoTeams },
  "testbed/reports": { POST: ["testbed"] },
  tokens: { GET: admins, POST: admins },
  "tokens/[id]/revoke": { POST: admins },
  usage: { GET: roles },
  "usage/export": { GET: subscriberWriters },
};

type RouteModule = Record<string, RouteHandler | undefined>;
const modules = import.meta.glob<RouteModule>("../../app/api/**/route.ts");
const pathOf = (file: string): string => file.replace(/^.*app\/api\//, "").replace(/\/route\.ts$/, "");

let database: TestDatabase;
const headersOf = new Map<Caller, Record<string, string>>();
const params = { id: randomUUID(), deviceId: "demo-ue", token: "nobody-has-this", kind: "node-down" };

beforeAll(async () => {
  database = await startTestDatabase();
  for (const role of roles) headersOf.set(role, { cookie: (await signedIn(role)).cookie });
  const revoked = await signedIn("admin");
  await revokeStaffSession(revoked.sessionId, "system");
  const proxy = await ensureLocalNode({ id: "proxy-1", name: "Proxy", kind: "proxy" });
  const testbed = await ensureLocalNode({ id: "testbed-1", name: "Testbed", kind: "testbed" });
  const { deviceId, secret } = await ensureDemoSubscriber({ classId: "gold" });
  const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
  headersOf.set("nobody", {});
  headersOf.set("revoked", { cookie: revoked.cookie });
  headersOf.set("proxy", bearer(proxy.credential));
  headersOf.set("testbed", bearer(testbed.credential));
  headersOf.set("device", bearer(`${deviceId}.${secret}`));
  headersOf.set("wrong-secret", bearer(`proxy-1.${secret}`));
});
afterAll(() => database.stop());

async function statusFor(handler: RouteHandler, method: string, caller: Caller): Promise<number> {
  const response = await callRoute(handler, { method, params, headers: headersOf.get(caller) ?? {}, body: {} });
  await response.body?.cancel();
  return response.status;
}

async function load(path: string): Promise<RouteModule> {
  const found = Object.entries(modules).find(([file]) => pathOf(file) === path);
  if (found === undefined) throw new Error(`no route ${path}`);
  return found[1]();
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe("every route, method and caller", () => {
  it("is in the table", async () => {
    const files = await readdir(join(projectRoot(), "app/api"), { recursive: true });
    const paths = files.filter((file) => file.endsWith("/route.ts")).map(dirname);
    expect(paths.sort()).toEqual(Object.keys(table).sort());
  });

  for (const [path, methods] of Object.entries(table)) {
    it(`/api/${path}`, async () => {
      const module = await load(path);
      expect(Object.keys(module).sort()).toEqual(Object.keys(methods).sort());
      if (path.startsWith("auth/")) return;
      for (const [method, allowed = []] of Object.entries(methods)) {
        const handler = module[method];
        if (handler === undefined) throw new Error(`${method} is not exported`);
        for (const caller of callers) {
          const status = await statusFor(handler, method, caller);
          const isKnown = !["nobody", "revoked", "wrong-secret"].includes(caller);
          if (allowed.includes(caller)) expect([401, 403], `${method} ${caller}`).not.toContain(status);
          else if (!isKnown) expect(status, `${method} ${caller}`).toBe(401);
          else expect([401, 403], `${method} ${caller}`).toContain(status);
        }
      }
    });
  }
});

describe("problems", () => {
  it("name a missing sign-in and a missing right", async () => {
    const { POST } = await load("demo/runs");
    if (POST === undefined) throw new Error("no POST");
    const nobody = await callRoute(POST, { body: {} });
    expect(nobody.headers.get("www-authenticate")).toContain("Bearer");
    expect(await problemOf(nobody)).toMatchObject({ code: "AUTH_REQUIRED" });
    const viewer = await callRoute(POST, { body: {}, headers: headersOf.get("viewer") ?? {} });
    expect(await problemOf(viewer)).toMatchObject({
      code: "AUTH_FORBIDDEN",
      detail: expect.stringContaining("viewer"),
    });
  });

  it.each([
    ["a write from another site", { headers: { origin: "https://evil.example" } }, "ORIGIN_REFUSED"],
    ["a write without an origin", { headers: { origin: "" } }, "ORIGIN_REFUSED"],
    ["a write from a sandboxed page", { headers: { origin: "null" } }, "ORIGIN_REFUSED"],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, "REQUEST_NOT_JSON"],
    ["plain text that is JSON", { headers: { "content-type": "text/plain" } }, "REQUEST_NOT_JSON"],
    ["half a JSON text", { body: '{"preset":' }, "REQUEST_BAD_JSON"],
    ["a NUL in a text", { body: '{"preset":"a\\\\\\u0000"}' }, "REQUEST_BAD_JSON"],
    ["too much", { body: `"${"x".repeat(70_000)}"` }, "REQUEST_TOO_LARGE"],
    ["a wrong shape", { body: { preset: "city", sizeBytes: 1, lanes: [] } }, "REQUEST_INVALID"],
  ])("refuse %s", async (_name, call, code) => {
    const { POST } = await load("demo/runs");
    if (POST === undefined) throw new Error("no POST");
    const answer = await callRoute(POST, {
      body: {},
      ...call,
      headers: { ...headersOf.get("admin"), ...("headers" in call ? call.headers : {}) },
    });
    expect(await problemOf(answer)).toMatchObject({ code });
  });

  it("name every field of a wrong shape", async () => {
    const { POST } = await load("demo/runs");
    if (POST === undefined) throw new Error("no POST");
    const body = { preset: "moon", sizeBytes: 1_500_000, lanes: ["lte-only"] };
    const problem = await problemOf(await callRoute(POST, { body, headers: headersOf.get("admin") ?? {} }));
    expect(Object.keys(problem.fields ?? {}).sort()).toEqual(["preset", "sizeBytes"]);
  });

  it("answer bad query strings, cursors and ids", async () => {
    const headers = headersOf.get("viewer") ?? {};
    const get = async (path: string, query: string, id = "nonsense") => {
      const { GET } = await load(path);
      if (GET === undefined) throw new Error("no GET");
      return (await problemOf(await callRoute(GET, { headers, query, params: { id } }))).code;
    };
    expect(await get("sessions", "limit=101")).toBe("REQUEST_INVALID");
    expect(await get("sessions", "state=odd")).toBe("REQUEST_INVALID");
    expect(await get("sessions", "cursor=nonsense")).toBe("REQUEST_BAD_CURSOR");
    expect(await get("demo/runs", "cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIngiXQ")).toBe("REQUEST_BAD_CURSOR");
    expect(await get("usage", "minutes=4")).toBe("REQUEST_INVALID");
    expect(await get("demo/runs/[id]", "")).toBe("NOT_FOUND");
    expect(await get("demo/runs/[id]", "", randomUUID())).toBe("DEMO_RUN_UNKNOWN");
  });
});
