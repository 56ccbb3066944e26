import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as agentPolicy } from "@/app/api/agents/policy/route";
import { GET as live } from "@/app/api/live/route";
import { GET as entitlement } from "@/app/api/nodes/entitlements/[deviceId]/route";
import { GET as nodePolicy } from "@/app/api/nodes/policy/route";
import { type LiveEvent, liveEventSchema } from "@/lib/contracts/live";
import { entitlementSchema, policyEventSchema } from "@/lib/contracts/policy";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { eventStreamResponse } from "@/lib/http/event-stream";
import type { NodeActor } from "@/lib/services/actor";
import { currentPolicy } from "@/lib/services/current-policy";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { publishPolicy } from "@/lib/services/publish-policy";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";
import { telemetryBatch } from "@/tests/factories/telemetry";

const networks = { contentCidr: "10.9.1.0/24", lteCidr: "10.9.2.0/24", wifiCidr: "10.9.3.0/24" };
let database: TestDatabase;
let proxy: { authorization: string };
let device: { authorization: string };
let viewer: { cookie: string };
const open: OpenStream[] = [];

async function follow(handler: typeof live, headers: Record<string, string>): Promise<OpenStream> {
  const stream = await openStream(handler, { headers });
  open.push(stream);
  return stream;
}

beforeAll(async () => {
  database = await startTestDatabase();
  proxy = {
    authorization: `Bearer ${(await ensureLocalNode({ id: "proxy-1", name: "One", kind: "proxy" })).credential}`,
  };
  await ensureLocalNode({ id: "proxy-2", name: "Two", kind: "proxy" });
  const { deviceId, secret } = await ensureDemoSubscriber({ classId: "gold" });
  device = { authorization: `Bearer ${deviceId}.${secret}` };
  viewer = { cookie: (await signedIn("viewer")).cookie };
});
afterAll(() => database.stop());
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

describe("the policy stream", () => {
  const version = (wanted: number) => (event: OpenStream["events"][number]) => {
    const parsed = policyEventSchema.parse(event.data);
    const version = parsed.type === "delta" ? parsed.delta.version : null;
    return parsed.type === "snapshot" ? parsed.snapshot.version === wanted : version === wanted;
  };

  it("begins with the policy in force, for nodes and agents alike", async () => {
    for (const stream of [await follow(nodePolicy, proxy), await follow(agentPolicy, device)]) {
      const first = await stream.next(({ type }) => type === "snapshot");
      const event = policyEventSchema.parse(first.data);
      expect(event).toMatchObject({ type: "snapshot", snapshot: { version: 1 } });
      if (event.type === "snapshot")
        expect(event.snapshot.serviceClasses.map(({ id, steering }) => `${id} ${steering}`)).toEqual([
          "gold aggregate",
          "silver lte-share",
          "bronze wifi-first",
        ]);
    }
  });

  it("brings a new version to all in under a second", async () => {
    const streams = [await follow(nodePolicy, proxy), await follow(agentPolicy, device)];
    const startedAtMs = Date.now();
    expect(await ensureTestbedPolicy(networks)).toBe(2);
    await Promise.all(streams.map((stream) => stream.next(version(2))));
    expect(Date.now() - startedAtMs).toBeLessThan(1000);
  });

  it("has one version for the same testbed, and another for a testbed elsewhere", async () => {
    expect(await ensureTestbedPolicy(networks)).toBe(2);
    expect(await ensureTestbedPolicy({ ...networks, contentCidr: "10.8.1.0/24" })).toBe(3);
    const policy = await currentPolicy();
    expect(policy?.allowedPrivateRanges).toEqual(["10.8.1.0/24"]);
    expect(policy?.accessNetworks.map(({ cidr, access }) => `${access} ${cidr}`)).toEqual([
      "lte 10.9.2.0/24",
      "wifi 10.9.3.0/24",
    ]);
    expect(policy?.whiteLists[0]).toMatchObject({
      id: "testbed-content",
      rules: [{ kind: "cidr", value: "10.8.1.0/24" }],
    });
    expect(policy?.whiteLists.length).toBeGreaterThan(3);
  });

  it("tells nodes of a new device secret, and other devices nothing", async () => {
    await getDatabase().device.create({
      data: {
        id: "other",
        subscriberId: (await getDatabase().subscriber.findFirstOrThrow()).id,
        secretSha256: sha256Hex("s"),
      },
    });
    const other = await follow(agentPolicy, { authorization: "Bearer other.s" });
    const node = await follow(nodePolicy, proxy);
    const { secret } = await ensureDemoSubscriber({ classId: "gold" });
    const event = await node.next(({ type }) => type === "revoke");
    expect(event.data).toEqual({ type: "revoke", deviceIds: ["demo-ue"] });
    expect(other.events.some(({ type }) => type === "revoke")).toBe(false);
    const answer = await callRoute(entitlement, { headers: proxy, params: { deviceId: "demo-ue" } });
    const known = entitlementSchema.parse(await answer.json());
    expect(known).toMatchObject({ serviceClassId: "gold", state: "active", secretSha256: sha256Hex(secret) });
    expect((await callRoute(agentPolicy, { headers: device })).status).toBe(401);
  });

  it("knows no entitlement of an unknown or revoked device", async () => {
    await getDatabase().device.update({ where: { id: "other" }, data: { revokedAt: new Date() } });
    for (const deviceId of ["other", "nobody"]) {
      const answer = await callRoute(entitlement, { headers: proxy, params: { deviceId } });
      expect(await answer.json()).toMatchObject({ status: 404, code: "DEVICE_UNKNOWN" });
    }
  });

  it("never has a policy that nodes could not use, and numbers without gaps", async () => {
    const { version: _v, publishedAt: _p, ...content } = (await currentPolicy()) ?? { version: 0, publishedAt: "" };
    const good = content as Parameters<typeof publishPolicy>[0]["content"];
    const bad = { ...good, allowedPrivateRanges: ["10.0.0.0/99"] };
    await expect(publishPolicy({ content: bad, reason: "bad", actor: "system" })).rejects.toMatchObject({
      code: "POLICY_BAD_CIDR",
    });
    const versions = await Promise.all(
      [1, 2, 3].map(() => publishPolicy({ content: good, reason: "again", actor: "system" })),
    );
    expect(versions.sort()).toEqual([4, 5, 6]);
    await expect(
      getDatabase().policyVersion.update({ where: { version: 4 }, data: { reason: "rewritten" } }),
    ).rejects.toThrow();
  });
});

describe("the live stream", () => {
  const actor = (id: string): NodeActor => ({ kind: "node", id, name: id, nodeKind: "proxy" });
  const isType = (type: LiveEvent["type"]) => (event: OpenStream["events"][number]) => event.type === type;
  const send = (id: string, batch: TelemetryBatch) => recordTelemetry(actor(id), { ...batch, epoch: `${id}-epoch` });

  it("begins with a snapshot and asks nodes to report fast while it is open", async () => {
    expect(await send("proxy-1", telemetryBatch({ sequence: 1 }))).toEqual({ reportEveryMs: 1000 });
    const stream = await follow(live, viewer);
    const first = liveEventSchema.parse((await stream.next(() => true)).data);
    expect(first).toMatchObject({ type: "snapshot", run: null, testbed: null });
    if (first.type === "snapshot") expect(first.nodes.find(({ id }) => id === "proxy-1")?.health).toBe("up");
    expect(await send("proxy-1", telemetryBatch({ sequence: 2 }))).toEqual({ reportEveryMs: 200 });
    stream.close();
    await stream.ended;
    expect(await send("proxy-1", telemetryBatch({ sequence: 3 }))).toEqual({ reportEveryMs: 1000 });
  });

  it("has rates whose area is the bytes, at most five a second, over all nodes", async () => {
    const stream = await follow(live, viewer);
    await stream.next(isType("snapshot"));
    const startMs = Date.now() - 2000;
    const at = (ms: number): Date => new Date(startMs + ms);
    for (let n = 0; n <= 10; n += 1) {
      const bytes = { downloadBytes: n * 25_000 };
      await send("proxy-1", telemetryBatch({ sequence: 10 + n, at: at(n * 200), lte: bytes }));
      await send("proxy-2", telemetryBatch({ sequence: 10 + n, at: at(n * 200), wifi: bytes }));
      await sleep(200);
    }
    const rates = stream.events.filter(isType("rate")).map(({ data }) => liveEventSchema.parse(data));
    const steady = rates.flatMap((event) =>
      event.type === "rate" && event.rate.downloadBps.lte > 0 ? [event.rate] : [],
    );
    expect(steady.length).toBeGreaterThanOrEqual(8);
    // 25,000 bytes in 200 ms are 1 Mbit/s, for each node.
    for (const rate of steady.slice(1)) expect(rate.downloadBps).toEqual({ lte: 1e6, wifi: 1e6, other: 0 });
    const gaps = rates.map((event, index) => {
      const before = rates[index - 1];
      return event.type === "rate" && before?.type === "rate"
        ? Date.parse(event.rate.at) - Date.parse(before.rate.at)
        : 200;
    });
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(198);
    const own = stream.events.map(({ data }) => liveEventSchema.parse(data));
    const lastOf = (id: string) =>
      own.flatMap((event) => (event.type === "node" && event.node.id === id ? [event.node] : [])).at(-1);
    expect(lastOf("proxy-1")?.rate?.downloadBps, "each node's own").toEqual({ lte: 1e6, wifi: 0, other: 0 });
    expect(lastOf("proxy-2")?.rate?.downloadBps).toEqual({ lte: 0, wifi: 1e6, other: 0 });
  });

  it("shows a node that falls silent as down after 3 s, and its rate as 0", async () => {
    const stream = await follow(live, viewer);
    await stream.next(isType("snapshot"));
    await send("proxy-1", telemetryBatch({ sequence: 100, lte: { downloadBytes: 10_000_000 } }));
    const downOne = (event: OpenStream["events"][number]): boolean => {
      const parsed = liveEventSchema.parse(event.data);
      return parsed.type === "node" && parsed.node.id === "proxy-1" && parsed.node.health === "down";
    };
    expect((await stream.next(downOne)).data).toMatchObject({ node: { rate: null } });
    const last = stream.events.filter(isType("rate")).at(-1);
    expect(last?.data).toMatchObject({ rate: { downloadBps: { lte: 0, wifi: 0 } } });
  });

  it("serves many watchers, and forgets those who leave", async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(live, viewer)));
    await send("proxy-1", telemetryBatch({ sequence: 200, lte: { downloadBytes: 10_000_001 } }));
    await Promise.all(streams.map((stream) => stream.next(({ type }) => type === "node")));
    for (const stream of streams) stream.close();
    await Promise.all(streams.map(({ ended }) => ended));
    expect(await send("proxy-1", telemetryBatch({ sequence: 201, lte: { downloadBytes: 10_000_001 } }))).toEqual({
      reportEveryMs: 1000,
    });
  });
});

describe("an event stream", () => {
  const request = new Request("http://portal.test:3000/api/live");
  const base = { request, heartbeatMs: 10_000, isStillAllowed: async () => true };

  it("lets go of a client that does not read", async () => {
    let isStopped = false;
    let sentBytes = 0;
    await eventStreamResponse({
      ...base,
      start: async (send) => {
        const event = { type: "large", text: "x".repeat(100_000) };
        for (; sentBytes < 10_000_000; sentBytes += 100_000) send(event);
        return () => {
          isStopped = true;
        };
      },
    });
    expect(isStopped).toBe(true);
  });

  it("ends when the rights of its reader end", async () => {
    let isAllowed = true;
    const response = await eventStreamResponse({
      ...base,
      recheckMs: 20,
      isStillAllowed: async () => isAllowed,
      start: async (send) => {
        send({ type: "first" });
        return () => undefined;
      },
    });
    const text = response.text();
    await sleep(100);
    isAllowed = false;
    const said = await text;
    expect(said.replaceAll(/retry: \d+\n\n/g, "")).toBe('event: first\ndata: {"type":"first"}\n\n');
    // Over how long its readers shall spread when they connect anew.
    expect(said).toContain("retry: 400\n\n");
  });
});
