import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as enrol } from "@/app/api/agents/enrol/route";
import { POST as revoke } from "@/app/api/devices/[deviceId]/revoke/route";
import { POST as rotate } from "@/app/api/devices/[deviceId]/rotate/route";
import { GET as list } from "@/app/api/devices/route";
import { GET as entitlement } from "@/app/api/nodes/entitlements/[deviceId]/route";
import { POST as telemetry } from "@/app/api/nodes/telemetry/route";
import { POST as newCode } from "@/app/api/subscribers/[id]/enrolment-codes/route";
import {
  type DeviceCredential,
  deviceCredentialSchema,
  deviceListSchema,
  deviceSchema,
  type EnrolmentCode,
  enrolmentCodeSchema,
} from "@/lib/contracts/subscribers";
import { getDatabase } from "@/lib/db/client";
import { checkDeviceCredential } from "@/lib/services/check-credential";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { watchDatabaseEvents } from "@/tests/factories/database-events";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

let database: TestDatabase;
let events: Awaited<ReturnType<typeof watchDatabaseEvents>>;
let headers: Record<string, string>;
let actor: string;
let proxy: Record<string, string>;

beforeAll(async () => {
  database = await startTestDatabase();
  events = await watchDatabaseEvents(database.server.databaseUrl);
  const operator = await signedIn("operator");
  headers = { cookie: operator.cookie };
  actor = `staff:${operator.staffId}`;
  const node = await ensureLocalNode({ id: "proxy-1", name: "Proxy", kind: "proxy" });
  proxy = { authorization: `Bearer ${node.credential}` };
});
afterAll(async () => {
  await events.close();
  await database.stop();
});

let lastNumber = 15_550_000;
async function subscriber(): Promise<string> {
  const id = randomUUID();
  await getDatabase().subscriber.create({
    data: { id, msisdn: String(++lastNumber), state: "active", serviceClassId: "gold" },
  });
  return id;
}

async function codeFor(id: string): Promise<EnrolmentCode> {
  const answer = await callRoute(newCode, { headers, params: { id }, body: {} });
  expect(answer.status).toBe(201);
  return enrolmentCodeSchema.parse(await answer.json());
}

/** An agent has no origin and no cookie. */
const tryCode = (code: string, source: string = randomUUID(), name = "Kitchen box") =>
  callRoute(enrol, { body: { code, name }, headers: { origin: "", "x-forwarded-for": `spoofed, ${source}` } });

async function enrolled(subscriberId: string, name?: string): Promise<DeviceCredential> {
  const answer = await tryCode((await codeFor(subscriberId)).code, undefined, name);
  expect(answer.status).toBe(201);
  return deviceCredentialSchema.parse(await answer.json());
}

const find = async (query: string) => deviceListSchema.parse(await (await callRoute(list, { headers, query })).json());
const audit = (target: string) => getDatabase().auditEntry.findMany({ where: { target }, orderBy: { id: "asc" } });
const isLetIn = async ({ deviceId, secret }: DeviceCredential) =>
  (await checkDeviceCredential(deviceId, secret)) !== null;

describe("an enrolment code", () => {
  it("can be read out, is stored as a hash, and enrols one device once", async () => {
    const id = await subscriber();
    const made = await codeFor(id);
    expect(made.code).toMatch(/^[ACDEFGHJKMNPQRTUVWXY34679]{4}-[ACDEFGHJKMNPQRTUVWXY34679]{4}$/);
    expect(made.uri).toBe(`twinpath://enrol?portal=http%3A%2F%2Fportal.test%3A3000&code=${made.code}`);
    expect(made.command).toContain(made.code);
    const lifetimeMs = Date.parse(made.expiresAt) - Date.now();
    expect(lifetimeMs).toBeGreaterThan(14 * 60_000);
    expect(lifetimeMs).toBeLessThanOrEqual(15 * 60_000);
    const everything = inspect([await getDatabase().enrolmentCode.findMany(), await audit(`subscriber:${id}`)], {
      depth: 9,
    });
    expect(everything).not.toContain(made.code);
    expect(everything).not.toContain(made.code.replace("-", ""));
    const typed = made.code.toLowerCase().replace("-", " ");
    const answers = await Promise.all([1, 2, 3].map(() => tryCode(typed)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410]);
    const won = answers.find(({ status }) => status === 201);
    const credential = deviceCredentialSchema.parse(await won?.json());
    expect(await isLetIn(credential)).toBe(true);
    const known = await callRoute(entitlement, { headers: proxy, params: { deviceId: credential.deviceId } });
    expect(await known.json()).toMatchObject({ subscriberId: id, secretSha256: sha256Hex(credential.secret) });
    const entries = await audit(`device:${credential.deviceId}`);
    expect(entries).toMatchObject([{ action: "device.enrol", after: { subscriberId: id, name: "Kitchen box" } }]);
    expect(inspect(entries, { depth: 9 })).not.toContain(credential.secret);
    expect(await audit(`subscriber:${id}`)).toMatchObject([{ actor, action: "device.invite" }]);
  });

  it("gets one answer whether it is wrong, used or expired", async () => {
    const id = await subscriber();
    const used = await codeFor(id);
    await tryCode(used.code);
    await getDatabase().enrolmentCode.updateMany({ data: { usedAt: new Date() } });
    const expired = await codeFor(id);
    await getDatabase().enrolmentCode.updateMany({ where: { usedAt: null }, data: { expiresAt: new Date() } });
    const answers = await Promise.all([used.code, expired.code, "AAAA-AAAA"].map((code) => tryCode(code)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0] ?? "")).toMatchObject({ status: 410, code: "ENROLMENT_REFUSED" });
  });

  it("cannot be guessed fast: a source waits, others do not, and a right code forgives", async () => {
    const { code } = await codeFor(await subscriber());
    const source = "203.0.113.9";
    const statuses: number[] = [];
    for (let n = 0; n < 9; n += 1) statuses.push((await tryCode("AAAA-AAAA", source)).status);
    expect(new Set(statuses)).toEqual(new Set([410]));
    expect((await tryCode("AAAA-AAAA", source)).status).toBe(410);
    const many = await Promise.all(Array.from({ length: 20 }, () => tryCode(code, source)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([429]));
    expect(many[0]?.headers.get("retry-after")).toBe("900");
    expect((await tryCode(code, "203.0.113.10")).status).toBe(201);
    await getDatabase().signInAttempt.updateMany({ data: { at: new Date(Date.now() - 16 * 60_000) } });
    expect((await tryCode("AAAA-AAAA", source)).status).toBe(410);
  });

  it("is one of at most five that are open", async () => {
    const id = await subscriber();
    const ask = () => callRoute(newCode, { headers, params: { id }, body: {} });
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
    const first = enrolmentCodeSchema.parse(await answers.find(({ status }) => status === 201)?.json());
    expect((await tryCode(first.code)).status).toBe(201);
    expect((await ask()).status).toBe(201);
    expect((await callRoute(newCode, { headers, params: { id: randomUUID() }, body: {} })).status).toBe(404);
  });
});

describe("a device", () => {
  const reason = "a test of devices";

  it("gets a new secret, and the old one stops at once", async () => {
    const old = await enrolled(await subscriber());
    await events.take();
    const params = { deviceId: old.deviceId };
    const answer = await callRoute(rotate, { headers, params, body: {} });
    const fresh = deviceCredentialSchema.parse(await answer.json());
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: [old.deviceId] }]);
    expect([await isLetIn(old), await isLetIn(fresh)]).toEqual([false, true]);
    const entry = (await audit(`device:${old.deviceId}`)).at(-1);
    expect(entry).toMatchObject({ actor, action: "device.rotate" });
    expect(inspect(entry, { depth: 9 })).not.toContain(fresh.secret);
    expect((await callRoute(rotate, { headers, params: { deviceId: "nobody" }, body: { reason } })).status).toBe(404);
  });

  it("is revoked for good", async () => {
    const credential = await enrolled(await subscriber());
    const params = { deviceId: credential.deviceId };
    await events.take();
    const answer = await callRoute(revoke, { headers, params, body: { reason } });
    expect(deviceSchema.parse(await answer.json()).revokedAt).not.toBeNull();
    expect(await events.take()).toEqual([{ type: "revoke", deviceIds: [credential.deviceId] }]);
    expect(await isLetIn(credential)).toBe(false);
    expect((await callRoute(revoke, { headers, params, body: { reason } })).status).toBe(200);
    expect(await events.take()).toEqual([]);
    expect(
      (await audit(`device:${credential.deviceId}`)).filter(({ action }) => action === "device.revoke"),
    ).toHaveLength(1);
    const again = await callRoute(rotate, { headers, params, body: { reason } });
    expect(await again.json()).toMatchObject({ status: 409, code: "DEVICE_REVOKED" });
  });

  it("is listed newest first, and found by its id, name, number and state", async () => {
    const id = await subscriber();
    const [first, second] = [await enrolled(id, "Läptop of 100%_"), await enrolled(id, "Phone")];
    await callRoute(revoke, { headers, params: { deviceId: second.deviceId }, body: { reason } });
    const ids = async (query: string) => (await find(query)).items.map((device) => device.id);
    expect(await ids(`subscriberId=${id}`)).toEqual([second.deviceId, first.deviceId]);
    expect(await ids(`subscriberId=${id}&state=enrolled`)).toEqual([first.deviceId]);
    expect(await ids(`subscriberId=${id}&state=revoked`)).toEqual([second.deviceId]);
    expect(await ids(`search=${first.deviceId.slice(0, 20)}`)).toEqual([first.deviceId]);
    expect(await ids(`search=${encodeURIComponent("lÄptop of 100%_")}`)).toEqual([first.deviceId]);
    expect(await ids(`search=%2B${lastNumber}`)).toEqual([second.deviceId, first.deviceId]);
    expect(await ids("search=%25")).toEqual([]);
    const page = await find(`subscriberId=${id}&limit=1`);
    expect(await ids(`subscriberId=${id}&limit=1&cursor=${page.nextCursor}`)).toEqual([first.deviceId]);
  });

  it("is seen at most once a minute", async () => {
    const credential = await enrolled(await subscriber());
    const where = { id: credential.deviceId };
    const seen = async () => (await getDatabase().device.findUniqueOrThrow({ where })).lastSeenAt;
    expect(await seen()).toBeNull();
    await isLetIn(credential);
    while ((await seen()) === null) await sleep(5);
    const first = await seen();
    await isLetIn(credential);
    await sleep(50);
    expect(await seen()).toEqual(first);
    await getDatabase().device.update({ where, data: { lastSeenAt: new Date(Date.now() - 61_000) } });
    await isLetIn({ ...credential, secret: "wrong" });
    await isLetIn(credential);
    while (Date.now() - ((await seen())?.getTime() ?? 0) > 60_000) await sleep(5);
  });
});

describe("a device that comes by a node", () => {
  it("is seen", async () => {
    const { deviceId } = await enrolled(await subscriber());
    const body = telemetryBatch({ sequence: 1, sessions: [sessionReport("s1", { deviceId })] });
    expect((await callRoute(telemetry, { headers: proxy, body })).status).toBe(200);
    const { lastSeenAt } = await getDatabase().device.findUniqueOrThrow({ where: { id: deviceId } });
    expect(Date.now() - (lastSeenAt?.getTime() ?? 0)).toBeLessThan(10_000);
  });
});

describe("the command's enrolment", () => {
  it("renews the secret and leaves class and state as staff set them", async () => {
    const first = await ensureDemoSubscriber({ classId: "gold" });
    const { subscriberId } = await getDatabase().device.findUniqueOrThrow({ where: { id: first.deviceId } });
    const data = { serviceClassId: "bronze", state: "suspended" as const };
    await getDatabase().subscriber.update({ where: { id: subscriberId }, data });
    const second = await ensureDemoSubscriber({ classId: "gold" });
    expect([await isLetIn(first), await isLetIn(second)]).toEqual([false, true]);
    expect(await getDatabase().subscriber.findUniqueOrThrow({ where: { id: subscriberId } })).toMatchObject(data);
  });

  it("refuses a class that the policy does not have", async () => {
    const enrolment = { deviceId: "cli", msisdn: "15551110000", serviceClassId: "platinum" };
    await expect(enrolDevice(enrolment)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  });
});
