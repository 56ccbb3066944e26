import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as orderCredential } from "@/app/api/nodes/[id]/credential/route";
import { PUT as putProfile } from "@/app/api/nodes/[id]/profile/route";
import { POST as revoke } from "@/app/api/nodes/[id]/revoke/route";
import { POST as issue } from "@/app/api/nodes/credential/route";
import { POST as joinRoute } from "@/app/api/nodes/join/route";
import { POST as makeCode } from "@/app/api/nodes/join-codes/route";
import { type JoinCode, joinCodeSchema, shownNodeOrderSchema } from "@/lib/contracts/nodes";
import { getDatabase } from "@/lib/db/client";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { PortalClient } from "@/lib/proxy/portal-client";
import { checkNodeCredential } from "@/lib/services/check-credential";
import { readNodes } from "@/lib/services/list-nodes";
import { findNodeOrder, showNodeOrders } from "@/lib/services/node-orders";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let operator: { cookie: string };
let server: Server;
let portalUrl: string;
let folder: string;

/** The two calls that a node makes here, over HTTP, by the routes themselves. */
beforeAll(async () => {
  database = await startTestDatabase();
  operator = { cookie: (await signedIn("operator")).cookie };
  folder = await mkdtemp(join(tmpdir(), "node-join-"));
  server = createServer(async (request, response) => {
    const authorization = request.headers.authorization;
    const answer = await callRoute(request.url === "/api/nodes/join" ? joinRoute : issue, {
      body: await text(request),
      headers: authorization === undefined ? {} : { authorization },
    });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  portalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
  await database.stop();
});

async function newCode(region: string | null = "north"): Promise<JoinCode> {
  const answer = await callRoute(makeCode, { body: { name: "Far proxy", region }, headers: operator });
  expect(answer.status).toBe(201);
  return joinCodeSchema.parse(await answer.json());
}

const joinWith = (file: string, code: string | null, address: string | null = null) =>
  NodeCredential.joined({ portalUrl, file: join(folder, file), code, address });
const nodeOf = (credential: string) => {
  const [id = "", secret = ""] = credential.split(".");
  return checkNodeCredential(id, secret);
};

describe("a node", () => {
  it("joins with a code that works once, and keeps its credential", async () => {
    const { code, command } = await newCode();
    expect(command).toContain(`--join ${code}`);
    const credential = await joinWith("one.json", code.toLowerCase().replace("-", " "), "192.0.2.7:1080");
    const node = await nodeOf(credential.current);
    expect(node).toMatchObject({ name: "Far proxy", nodeKind: "proxy" });
    const row = await getDatabase().node.findUniqueOrThrow({ where: { id: node?.id ?? "" } });
    expect(row).toMatchObject({ region: "north", address: "192.0.2.7:1080", hasJoined: true });
    const kept = await readFile(join(folder, "one.json"), "utf8");
    expect((await stat(join(folder, "one.json"))).mode & 0o077).toBe(0);
    expect(kept).toContain(credential.current);
    expect(kept).not.toContain(code);
    expect((await joinWith("one.json", null)).current).toBe(credential.current);
    await expect(joinWith("two.json", code)).rejects.toMatchObject({ code: "NODE_JOIN_FAILED" });
    expect(await getDatabase().nodeJoinCode.count({ where: { codeHash: { contains: code } } })).toBe(0);
  });

  it("is refused with an expired code, and without one", async () => {
    const { code } = await newCode();
    await getDatabase().nodeJoinCode.updateMany({ data: { expiresAt: new Date(0) }, where: { usedAt: null } });
    await expect(joinWith("three.json", code)).rejects.toThrow("has expired");
    await expect(joinWith("three.json", null)).rejects.toMatchObject({ code: "NODE_NO_CREDENTIAL" });
  });

  it("slows a source of wrong codes", async () => {
    const call = () =>
      callRoute(joinRoute, { body: { code: "WRONG-CODE" }, headers: { "x-forwarded-for": "203.0.113.9" } });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await call()).status);
    expect(statuses.slice(0, 8)).toEqual(Array(8).fill(410));
    expect(statuses.at(-1)).toBe(429);
    await getDatabase().signInAttempt.deleteMany();
  });
});

describe("its credential", () => {
  const order = (id: string) =>
    callRoute(orderCredential, { params: { id }, body: { reason: "Because of a test" }, headers: operator });

  it("changes as ordered; the old one holds until the new one is used", async () => {
    const credential = await joinWith("four.json", (await newCode()).code);
    const old = credential.current;
    const node = await nodeOf(old);
    const id = node?.id ?? "";
    expect(shownNodeOrderSchema.parse(await (await order(id)).json())).toMatchObject({ isCredentialDue: true });
    const client = new PortalClient(portalUrl, credential);
    // An answer that was lost: nobody is locked out.
    await client.newCredential();
    expect(await nodeOf(old)).not.toBeNull();
    const { credential: next } = await client.newCredential();
    expect(await nodeOf(old)).not.toBeNull();
    await credential.replace(next);
    expect(await nodeOf(next)).toMatchObject({ id });
    expect(await nodeOf(old)).toBeNull();
    expect(await findNodeOrder(id)).toMatchObject({ isCredentialDue: false });
    const entries = await getDatabase().auditEntry.findMany({
      where: { target: `node:${id}` },
      orderBy: { id: "asc" },
    });
    expect(entries.map(({ action }) => action)).toEqual([
      "node.join",
      "node.credential",
      "node.credential-issue",
      "node.credential-issue",
      "node.credential-adopt",
    ]);
    expect(JSON.stringify(entries, (_key, value) => (typeof value === "bigint" ? `${value}` : value))).not.toContain(
      next.split(".")[1],
    );
  });

  it("is taken by a process of the same node that has the old one in hand", async () => {
    const first = await joinWith("five.json", (await newCode()).code);
    const second = await joinWith("five.json", null);
    await first.replace((await new PortalClient(portalUrl, first).newCredential()).credential);
    expect(await nodeOf(first.current)).not.toBeNull();
    await expect(new PortalClient(portalUrl, second).newCredential()).resolves.toBeDefined();
    expect(second.current).toBe(first.current);
  });

  it("is not ours to change where whoever starts the node gives it", async () => {
    const id = "given";
    await getDatabase().node.create({ data: { id, name: "Given", kind: "proxy", secretSha256: "" } });
    expect((await order(id)).status).toBe(409);
    await expect(NodeCredential.given("a.b").replace("c.d")).rejects.toMatchObject({ code: "NODE_CREDENTIAL_GIVEN" });
  });
});

describe("name, region and address", () => {
  it("are set by staff, with a reason", async () => {
    const { id = "" } = (await nodeOf((await joinWith("six.json", (await newCode(null)).code)).current)) ?? {};
    const profile = { name: "Busan 1", region: "busan", address: "[2001:db8::7]:1080" };
    const put = (body: object) => callRoute(putProfile, { method: "PUT", params: { id }, body, headers: operator });
    const answer = await put({ ...profile, reason: "It moved" });
    expect(shownNodeOrderSchema.parse(await answer.json())).toMatchObject({ profile, revision: 1 });
    expect((await put({ ...profile, address: "example.com:1080", reason: "No" })).status).toBe(422);
    expect((await put({ ...profile, region: "Busan!", reason: "No name" })).status).toBe(422);
  });

  it("are not set over what somebody else set meanwhile, where it is said what was seen", async () => {
    const { id = "" } = (await nodeOf((await joinWith("seven.json", (await newCode(null)).code)).current)) ?? {};
    const profile = { name: "Daegu", region: null, address: "192.0.2.7:1080" };
    const put = (body: object, etag: string) =>
      callRoute(putProfile, {
        method: "PUT",
        params: { id },
        body: { ...body, reason: "It moved" },
        headers: { ...operator, "if-match": `"${etag}"` },
      });
    const before = (await showNodeOrders(id)).get(id)?.profileEtag ?? "";
    expect((await put(profile, before)).status).toBe(200);
    const refused = await put({ ...profile, name: "Daegu 2", address: null }, before);
    expect(refused.status).toBe(412);
    expect(await refused.json()).toMatchObject({ current: { item: profile } });
  });
});

describe("a node that is removed", () => {
  it("is answered no more, for good, and is on no list", async () => {
    const credential = await joinWith("eight.json", (await newCode(null)).code);
    const { id = "" } = (await nodeOf(credential.current)) ?? {};
    const remove = () => callRoute(revoke, { params: { id }, body: { reason: "It was stolen" }, headers: operator });
    expect(shownNodeOrderSchema.parse(await (await remove()).json())).toMatchObject({ isRevoked: true });
    expect(await nodeOf(credential.current)).toBeNull();
    await expect(new PortalClient(portalUrl, credential).newCredential()).rejects.toMatchObject({ status: 401 });
    expect((await readNodes()).map((node) => node.id)).not.toContain(id);
    expect((await showNodeOrders(null)).has(id)).toBe(false);
    expect((await remove()).status).toBe(404);
    expect(await getDatabase().auditEntry.count({ where: { action: "node.revoke", target: `node:${id}` } })).toBe(1);
  });
});
