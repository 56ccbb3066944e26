import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as agentPolicy } from "@/app/api/agents/policy/route";
import { GET as entitlement } from "@/app/api/nodes/entitlements/[deviceId]/route";
import { GET as nodePolicy } from "@/app/api/nodes/policy/route";
import { GET as sessions } from "@/app/api/sessions/route";
import { type Entitlement, entitlementSchema, type PolicyEvent, policyEventSchema } from "@/lib/contracts/policy";
import type { SimulateRequest } from "@/lib/contracts/policy-admin";
import { sessionListSchema } from "@/lib/contracts/portal";
import type { SessionReport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import type { NodeActor } from "@/lib/services/actor";
import { findEntitlement } from "@/lib/services/device-entitlement";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
let database: TestDatabase;
let desk: PolicyDesk;
let viewer: { cookie: string };
let proxy: { authorization: string };
let device: { deviceId: string; secret: string };
let subscriberId: string;
let round = 0;
const open: OpenStream[] = [];

async function follow(handler: typeof nodePolicy, headers: Record<string, string>): Promise<OpenStream> {
  const stream = await openStream(handler, { headers });
  open.push(stream);
  return stream;
}
const followAgent = () => follow(agentPolicy, { authorization: `Bearer ${device.deviceId}.${device.secret}` });
const eventsOf = (stream: OpenStream): PolicyEvent[] => stream.events.map(({ data }) => policyEventSchema.parse(data));

async function asked(): Promise<Entitlement> {
  const response = await callRoute(entitlement, { headers: proxy, params: { deviceId: device.deviceId } });
  return entitlementSchema.parse(await response.json());
}

/** What another part of the portal does when it changes a subscriber. */
async function changeSubscriber(data: { state?: "active" | "suspended"; extraWhiteListIds?: string[] }): Promise<void> {
  await getDatabase().$transaction(async (transaction) => {
    await transaction.subscriber.update({ where: { id: subscriberId }, data });
    await notifyDatabase(transaction, { type: "revoke", deviceIds: [device.deviceId] });
  });
}

beforeAll(async () => {
  database = await startTestDatabase();
  desk = new PolicyDesk(await signedIn("operator"));
  viewer = await signedIn("viewer");
  const { credential } = await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
  proxy = { authorization: `Bearer ${credential}` };
});
afterAll(() => database.stop());
beforeEach(async () => {
  round += 1;
  const msisdn = `82100000${String(round).padStart(4, "0")}`;
  device = await enrolDevice({ deviceId: `device-${round}`, msisdn, serviceClassId: "silver" });
  subscriberId = (await getDatabase().subscriber.findUniqueOrThrow({ where: { msisdn } })).id;
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

describe("an agent's stream", () => {
  it("says first what the subscriber has, then the lists it may use, as its own", async () => {
    const { item, etag } = await desk.list("netflix");
    await desk.putList({ ...item, audience: "extra" }, { etag });
    const { version } = await desk.publish();
    const stream = await followAgent();
    await stream.next(({ type }) => type === "snapshot");
    const [first, second] = eventsOf(stream);
    expect(first).toEqual({
      type: "entitlement",
      state: "active",
      serviceClassId: "silver",
      isQuotaReached: false,
      extraWhiteListIds: [],
    });
    if (second?.type !== "snapshot") throw new Error("no snapshot");
    expect(second.snapshot.version).toBe(version);
    expect(second.snapshot.whiteLists.map(({ id }) => id)).not.toContain("netflix");
    await changeSubscriber({ extraWhiteListIds: ["netflix"] });
    const more = await stream.next(
      ({ data }) => data["type"] === "snapshot" && JSON.stringify(data).includes("netflix"),
    );
    const shown = policyEventSchema.parse(more.data);
    if (shown.type !== "snapshot") throw new Error("no snapshot");
    expect(new Set(shown.snapshot.whiteLists.map(({ audience }) => audience))).toEqual(new Set(["everyone"]));
    expect((await asked()).extraWhiteListIds).toEqual(["netflix"]);
    await changeSubscriber({ extraWhiteListIds: [] });
  });

  it("tells of a suspension at once, and of nothing that is another's", async () => {
    const stream = await followAgent();
    await stream.next(({ type }) => type === "snapshot");
    const known = stream.events.length;
    await getDatabase().$transaction((transaction) =>
      notifyDatabase(transaction, { type: "revoke", deviceIds: ["somebody-else"] }),
    );
    const beganMs = Date.now();
    await changeSubscriber({ state: "suspended" });
    await stream.next(({ data }) => data["state"] === "suspended");
    expect(Date.now() - beganMs).toBeLessThan(1000);
    expect(stream.events.length).toBe(known + 1);
    expect((await asked()).state).toBe("suspended");
  });

  it("ends when the device is revoked", async () => {
    const stream = await followAgent();
    await stream.next(({ type }) => type === "snapshot");
    await getDatabase().$transaction(async (transaction) => {
      await transaction.device.update({ where: { id: device.deviceId }, data: { revokedAt: new Date() } });
      await notifyDatabase(transaction, { type: "revoke", deviceIds: [device.deviceId] });
    });
    const beganMs = Date.now();
    await stream.ended;
    expect(Date.now() - beganMs).toBeLessThan(1000);
  });

  it("is asked of a revocation of more devices than one message holds", async () => {
    const stream = await follow(nodePolicy, proxy);
    await stream.next(({ type }) => type === "snapshot");
    const many = Array.from({ length: 1000 }, (_, n) => `a-device-with-a-long-name-${n}`);
    await getDatabase().$transaction((transaction) => notifyDatabase(transaction, { type: "revoke", deviceIds: many }));
    await stream.next(({ type, data }) => type === "revoke" && data["deviceIds"] === null);
  });

  it("leaves a mark of when the device was seen", async () => {
    await followAgent();
    const { lastSeenAt } = await getDatabase().device.findUniqueOrThrow({ where: { id: device.deviceId } });
    expect(Date.now() - (lastSeenAt?.getTime() ?? 0)).toBeLessThan(5000);
  });
});

describe("the monthly quota", () => {
  const month = () => getDatabase().subscriberMonth.findMany({ where: { subscriberId } });
  const reported = (lteBytes: number, id = "s"): SessionReport => {
    const session = sessionReport(id, { subscriberId, deviceId: device.deviceId, serviceClassId: "silver" });
    const [lte, wifi] = session.subflows;
    if (lte === undefined || wifi === undefined) throw new Error("two paths");
    return { ...session, subflows: [{ ...lte, uploadBytes: 0, downloadBytes: lteBytes }, wifi] };
  };
  const send = (sequence: number, reports: SessionReport[], at = new Date()) =>
    recordTelemetry(node, telemetryBatch({ epoch: `quota-${round}`, sequence, at, sessions: reports }));

  it("counts every LTE byte once, whatever is lost or sent again", async () => {
    await send(1, [reported(1000)]);
    await send(1, [reported(1000)]);
    await send(2, [reported(1500), reported(50, "other")]);
    await send(4, [reported(4000), reported(60, "other"), reported(4000)]);
    await send(3, [reported(2000)]);
    await send(5, [{ ...reported(4500), end: { at: new Date().toISOString(), reason: "closed" } }]);
    expect((await month()).map(({ lteBytes }) => lteBytes)).toEqual([4560n]);
    const [row] = (await desk.classes()).filter(({ item }) => item.id === "silver");
    expect(row?.achievedLteSharePercent).toBeGreaterThan(0);
  });

  it("brings the next class into force when it is reached, at once, until the month ends", async () => {
    await desk.publishClass("silver", { lteQuotaBytes: 10_000, whenQuotaReached: "bronze" });
    const [stream, agent] = [await follow(nodePolicy, proxy), await followAgent()];
    await agent.next(({ type }) => type === "snapshot");
    await send(1, [reported(9_999)]);
    await sleep(300);
    const known = stream.events.filter(({ type }) => type === "revoke").length;
    expect(await asked()).toMatchObject({ serviceClassId: "silver", isQuotaReached: false });
    const beganMs = Date.now();
    await send(2, [reported(10_000)]);
    await agent.next(({ data }) => data["isQuotaReached"] === true && data["serviceClassId"] === "bronze");
    expect(Date.now() - beganMs).toBeLessThan(1000);
    const now = new Date();
    const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
    const reached = await asked();
    expect(reached).toMatchObject({ serviceClassId: "bronze", isQuotaReached: true });
    expect(Date.parse(reached.expiresAt)).toBeLessThanOrEqual(nextMonth);
    const late = await findEntitlement(device.deviceId, null, new Date(nextMonth - 1000));
    expect(late).toMatchObject({ isQuotaReached: true, expiresAt: new Date(nextMonth).toISOString() });
    const fresh = await findEntitlement(device.deviceId, null, new Date(nextMonth));
    expect(fresh).toMatchObject({ serviceClassId: "silver", isQuotaReached: false });
    expect((await month())[0]?.quotaReachedAt).not.toBeNull();
    await send(3, [reported(20_000)]);
    await sleep(200);
    const revokes = stream.events.filter(({ type }) => type === "revoke");
    expect(revokes.slice(known).map(({ data }) => data["deviceIds"])).toEqual([[device.deviceId]]);
  });

  it("is looked up anew everywhere when a published policy changes it", async () => {
    await send(1, [reported(50_000)]);
    const stream = await follow(nodePolicy, proxy);
    await stream.next(({ type }) => type === "canary");
    const { version } = await desk.publishClass("silver", { lteQuotaBytes: 60_000 });
    const revoke = await stream.next(({ type, data }) => type === "revoke" && data["deviceIds"] === null);
    const delta = await stream.next(({ type, id }) => type === "delta" && id === String(version));
    expect(stream.events.indexOf(revoke)).toBeGreaterThan(stream.events.indexOf(delta));
    expect(await asked()).toMatchObject({ serviceClassId: "silver", isQuotaReached: false });
    await desk.publishClass("silver", { lteQuotaBytes: null, whenQuotaReached: null });
  });
});

describe("what nodes report of the policy", () => {
  it("is the version of each session, and the hits of each rule added up", async () => {
    const hits = { whiteListId: "wikimedia", kind: "domain-suffix" as const, value: "wikipedia.org" };
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const sent = [3, 4].map((count, n) =>
      telemetryBatch({
        epoch: "hits",
        sequence: n + 1,
        sessions: [sessionReport("versioned", { policyVersion: 5 + n })],
        ruleHits: [
          { ...hits, hits: count, lastAt: at(n).toISOString() },
          { ...hits, hits: 1, lastAt: at(n).toISOString() },
        ],
      }),
    );
    for (const batch of [...sent, ...sent]) await recordTelemetry(node, batch);
    const { items } = await desk.rules("wikimedia");
    expect(items[0]).toMatchObject({ hits: 9, lastMatchAt: at(1).toISOString() });
    expect(await desk.list("wikimedia")).toMatchObject({ hits: 9 });
    const listed = sessionListSchema.parse(await (await callRoute(sessions, { headers: viewer })).json());
    expect(listed.items.find(({ id }) => id === "versioned")?.policyVersion).toBe(6);
  });
});

describe("the simulator", () => {
  const ask = (changes: Partial<SimulateRequest>) =>
    desk.simulate({ subscriber: null, host: "a.example", port: 443, policy: "in-force", ueAddress: null, ...changes });

  it("finds the subscriber by any of its names and says what would happen, and why", async () => {
    const { msisdn } = await getDatabase().subscriber.findUniqueOrThrow({ where: { id: subscriberId } });
    for (const subscriber of [`+${msisdn}`, msisdn, subscriberId, device.deviceId]) {
      const found = await ask({ subscriber });
      expect(found).toMatchObject({
        outcome: "direct",
        subscriber: { id: subscriberId, serviceClass: { id: "silver" } },
      });
      expect(found.trace.at(-1)?.result).toBe("refuse");
    }
    const { id: nationalId } = await getDatabase().subscriber.create({
      data: { id: randomUUID(), msisdn: "821055557788", state: "active", serviceClassId: "silver" },
    });
    for (const subscriber of ["010-5555-7788", "01055557788", "+82 (0)10 5555 7788", "0082 10 5555 7788"])
      expect(await ask({ subscriber }), subscriber).toMatchObject({ subscriber: { id: nationalId } });
    const twin = { id: randomUUID(), msisdn: "811055557788", state: "active" as const, serviceClassId: "silver" };
    await getDatabase().subscriber.create({ data: twin });
    const several = { problem: { code: "SUBSCRIBER_UNKNOWN", detail: expect.stringContaining("country code") } };
    await expect(ask({ subscriber: "010-5555-7788" })).rejects.toMatchObject(several);
    await getDatabase().subscriber.deleteMany({ where: { id: { in: [nationalId, twin.id] } } });
    await expect(ask({ subscriber: "+1234567890" })).rejects.toMatchObject({ problem: { code: "SUBSCRIBER_UNKNOWN" } });
    const asViewer = new PolicyDesk(viewer).simulate({
      subscriber: subscriberId,
      host: "a.example",
      port: 1,
      policy: "in-force",
      ueAddress: null,
    });
    await expect(asViewer).rejects.toMatchObject({ problem: { code: "AUTH_FORBIDDEN" } });
  });

  it("asks the draft as well, with addresses, names and access networks", async () => {
    await desk.editRules("debian", { add: [{ kind: "cidr", value: "192.0.2.0/24", ports: [{ from: 443, to: 443 }] }] });
    const networks = await desk.networks();
    await desk.putNetworks(
      { ...networks.item, accessNetworks: [{ cidr: "100.64.0.0/10", access: "lte", name: "Core" }] },
      networks,
    );
    expect(await ask({ host: "198.51.100.7" })).toMatchObject({ outcome: "direct" });
    expect(await ask({ host: "192.0.2.7", policy: "draft" })).toMatchObject({ outcome: "direct" });
    await desk.putNetworks(
      {
        accessNetworks: [{ cidr: "100.64.0.0/10", access: "lte", name: "Core" }],
        allowedPrivateRanges: ["192.0.2.0/24"],
      },
      await desk.networks(),
    );
    const passed = await ask({ host: "192.0.2.7", policy: "draft", ueAddress: "100.64.1.1" });
    expect(passed).toMatchObject({
      version: null,
      outcome: "through-proxy",
      accessNetwork: { access: "lte", name: "Core" },
      addresses: ["192.0.2.7"],
    });
    expect(await ask({ host: "192.0.2.7", port: 80, policy: "draft" })).toMatchObject({ outcome: "direct" });
    await desk.editRules("debian", { add: [{ kind: "host", value: "localhost", ports: [] }] });
    const refused = await ask({ host: "LocalHost.", policy: "draft" });
    expect(refused).toMatchObject({ outcome: "refused" });
    expect(refused.trace.map(({ step }) => step)).toContain("DNS");
    await desk.discard(null);
  });
});
