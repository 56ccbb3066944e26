import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as acknowledge } from "@/app/api/alerts/[id]/acknowledge/route";
import { GET as list } from "@/app/api/alerts/route";
import { POST as mute } from "@/app/api/alerts/rules/[kind]/mute/route";
import { PUT as saveRule } from "@/app/api/alerts/rules/[kind]/route";
import { type AlertKind, type AlertList, type AlertRule, alertListSchema } from "@/lib/contracts/alerts";
import type { Transport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { lookAfterAlerts } from "@/lib/services/look-after-alerts";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
let database: TestDatabase;
let headers: { cookie: string };
let viewer: { cookie: string };
let operatorId: string;
let sequence = 0;
let nowMs = Date.now();

beforeAll(async () => {
  database = await startTestDatabase();
  const operator = await signedIn("operator");
  headers = { cookie: operator.cookie };
  operatorId = operator.staffId;
  viewer = { cookie: (await signedIn("viewer")).cookie };
  await ensureTestbedPolicy({ contentCidr: "198.18.80.0/24", lteCidr: "100.64.0.0/10", wifiCidr: "192.168.0.0/16" });
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});
afterAll(() => database.stop());
beforeEach(async () => {
  nowMs = Date.now();
  await getDatabase().alert.deleteMany();
  await getDatabase().classMinute.deleteMany();
  await heard();
});

/** The node is heard now, and works by this policy version. */
async function heard(policyVersion?: number, spooledBytes = 0): Promise<void> {
  const newest = await getDatabase().policyVersion.findFirstOrThrow({ orderBy: { version: "desc" } });
  const spool = { sizeBytes: spooledBytes, droppedBatches: 0 };
  const status = { policyVersion: policyVersion ?? newest.version, spool };
  await getDatabase().node.update({ where: { id: node.id }, data: { lastSeenAt: new Date(nowMs), status } });
}

async function report(count: number, { transport, isStalled = false }: { transport: Transport; isStalled?: boolean }) {
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  const stall = {
    at: startedAt,
    subflowId: 2,
    access: "wifi",
    kind: "stalled",
    cause: "stalled",
    actor: "proxy",
  } as const;
  const sessions = Array.from({ length: count }, () => {
    sequence += 1;
    return sessionReport(`s${sequence}`, { startedAt, transport, events: isStalled ? [stall] : [] });
  });
  await recordTelemetry(node, telemetryBatch({ sequence, sessions }));
  await heard();
}

const look = (afterSeconds: number): Promise<void> => lookAfterAlerts(new Date(nowMs + afterSeconds * 1000));

async function read(): Promise<AlertList> {
  return alertListSchema.parse(await (await callRoute(list, { headers: viewer })).json());
}

async function openKinds(): Promise<AlertKind[]> {
  return (await read()).open.map(({ kind }) => kind);
}

async function ruleOf(kind: AlertKind): Promise<AlertRule> {
  const rule = (await read()).rules.find((one) => one.kind === kind);
  if (rule === undefined) throw new Error(`no rule ${kind}`);
  return rule;
}

const put = (kind: AlertKind, body: object, etag: string) =>
  callRoute(saveRule, { method: "PUT", headers: { ...headers, "if-match": `"${etag}"` }, params: { kind }, body });

async function setRule(kind: AlertKind, changes: object): Promise<void> {
  const { isOn, threshold, holdSeconds, etag } = await ruleOf(kind);
  expect((await put(kind, { isOn, threshold, holdSeconds, ...changes }, etag)).status).toBe(200);
}

describe("a node that is silent", () => {
  it("is told of after the hold time, once, and over when it is heard again", async () => {
    await look(11);
    expect((await read()).open).toEqual([]);
    await look(20);
    expect((await read()).open).toEqual([]);
    await look(26);
    await look(31);
    const [alert, ...others] = (await read()).open;
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: "node-down", subject: "proxy-1", subjectName: "Proxy", acknowledged: null });
    expect(alert?.since).toBe(new Date(nowMs + 11_000).toISOString());
    nowMs += 40_000;
    await heard();
    await look(1);
    const { open, past } = await read();
    expect([open, past]).toMatchObject([[], [{ id: alert?.id, resolvedAt: new Date(nowMs + 1000).toISOString() }]]);
  });

  it("for too short a time leaves nothing", async () => {
    await look(11);
    await heard();
    await look(0);
    expect(await getDatabase().alert.count()).toBe(0);
  });
});

describe("what nodes, sessions and classes do", () => {
  it("is told: a node by another policy version", async () => {
    await setRule("policy-drift", { holdSeconds: 0 });
    await heard(999);
    await look(0);
    expect((await read()).open).toMatchObject([
      {
        kind: "policy-drift",
        detail: expect.stringContaining("999"),
        told: { code: "alertDrift", values: { version: "999", wanted: expect.any(String) } },
      },
    ]);
    await heard();
    await look(1);
    expect(await openKinds()).toEqual([]);
  });

  it("is told: a node whose telemetry waits on its disk, beyond the threshold", async () => {
    await setRule("spool-growing", { holdSeconds: 0, threshold: 2 });
    await heard(undefined, 2_000_000);
    await look(0);
    expect(await openKinds()).toEqual([]);
    await heard(undefined, 3_400_000);
    await look(1);
    expect((await read()).open).toMatchObject([
      { kind: "spool-growing", subject: "proxy-1", told: { code: "alertSpool", values: { size: "3.40 MB" } } },
    ]);
    await heard();
    await look(2);
    expect(await openKinds()).toEqual([]);
  });

  it("is told: fallbacks and WiFi stalls, of enough sessions, above the threshold", async () => {
    for (const kind of ["fallback-ratio", "wifi-stalls"] as const) await setRule(kind, { holdSeconds: 0 });
    await report(10, { transport: "tcp-fallback" });
    await look(0);
    expect(await openKinds()).toEqual([]);
    await report(10, { transport: "mptcp" });
    await look(0);
    expect(await openKinds()).toEqual(["fallback-ratio"]);
    await report(10, { transport: "mptcp", isStalled: true });
    await look(0);
    expect((await openKinds()).sort()).toEqual(["fallback-ratio", "wifi-stalls"]);
    await setRule("fallback-ratio", { threshold: 90 });
    await look(0);
    expect(await openKinds()).toEqual(["wifi-stalls"]);
    await setRule("wifi-stalls", { isOn: false });
    await look(0);
    expect(await openKinds()).toEqual([]);
  });

  it("is told: a class whose LTE share is points above its target", async () => {
    await setRule("lte-share", { holdSeconds: 0, threshold: 5 });
    const desk = new PolicyDesk(headers);
    await desk.publishClass("silver", { lteSharePercent: 21 });
    await heard();
    const minute = new Date(Math.floor(nowMs / 60_000) * 60_000 - 60_000);
    const share = (percent: number) =>
      getDatabase().classMinute.upsert({
        where: { minute_serviceClassId: { minute, serviceClassId: "silver" } },
        create: { minute, serviceClassId: "silver", lteBytes: BigInt(percent * 1e6), totalBytes: 100_000_000n },
        update: { lteBytes: BigInt(percent * 1e6) },
      });
    await share(25);
    await look(0);
    expect(await openKinds()).toEqual([]);
    await share(27);
    await look(0);
    expect((await read()).open).toMatchObject([{ kind: "lte-share", subject: "silver" }]);
  });
});

describe("an alert that is open", () => {
  async function fired(): Promise<string> {
    await look(11);
    await look(40);
    const [alert] = (await read()).open;
    if (alert === undefined) throw new Error("no alert fired");
    return alert.id;
  }

  it("is acknowledged once, by the first one who does, with an audit entry", async () => {
    const id = await fired();
    const call = { headers, params: { id }, body: {} };
    expect((await callRoute(acknowledge, call)).status).toBe(204);
    expect((await callRoute(acknowledge, call)).status).toBe(204);
    expect((await read()).open).toMatchObject([{ acknowledged: { by: "A operator" } }]);
    const entries = await getDatabase().auditEntry.findMany({ where: { target: `alert:${id}` } });
    expect(entries).toMatchObject([{ action: "alert.acknowledge", actor: `staff:${operatorId}` }]);
    expect((await callRoute(acknowledge, { ...call, headers: viewer })).status).toBe(403);
    expect((await callRoute(acknowledge, { ...call, params: { id: "999999" } })).status).toBe(404);
  });

  it("is muted with its rule until the time is over, with a reason", async () => {
    await fired();
    const call = (minutes: number) =>
      callRoute(mute, { headers, params: { kind: "node-down" }, body: { minutes, reason: "planned work" } });
    expect((await call(60)).status).toBe(200);
    expect((await read()).open).toMatchObject([{ isMuted: true }]);
    expect((await ruleOf("node-down")).mute).toMatchObject({ by: "A operator", reason: "planned work" });
    await getDatabase().alertRule.update({ where: { kind: "node-down" }, data: { mutedUntil: new Date() } });
    expect((await read()).open).toMatchObject([{ isMuted: false }]);
    await call(60);
    await call(0);
    expect((await ruleOf("node-down")).mute).toBeNull();
    const where = { target: "alert-rule:node-down", action: { in: ["alert.mute", "alert.unmute"] } };
    const entries = await getDatabase().auditEntry.findMany({ where, orderBy: { id: "asc" } });
    expect(entries.map(({ action }) => action)).toEqual(["alert.mute", "alert.mute", "alert.unmute"]);
  });
});

describe("a rule", () => {
  it("is changed by who saw it as it is, with an audit entry", async () => {
    const { etag } = await ruleOf("wifi-stalls");
    const input = { isOn: true, threshold: 12, holdSeconds: 30 };
    expect((await put("wifi-stalls", input, etag)).status).toBe(200);
    const late = await put("wifi-stalls", { ...input, threshold: 13 }, etag);
    expect(await late.json()).toMatchObject({ status: 412, current: { item: { threshold: 12 } } });
    const where = { target: "alert-rule:wifi-stalls", action: "alert.rule" };
    const last = await getDatabase().auditEntry.findFirst({ where, orderBy: { id: "desc" } });
    expect(last).toMatchObject({ actor: `staff:${operatorId}`, after: input });
  });

  it("has a threshold just where it measures something", async () => {
    const down = await ruleOf("node-down");
    const wrong = await put("node-down", { isOn: true, threshold: 5, holdSeconds: 15 }, down.etag);
    expect(await wrong.json()).toMatchObject({ status: 422, fields: { threshold: expect.any(String) } });
    const ratio = await ruleOf("fallback-ratio");
    const none = await put("fallback-ratio", { isOn: true, threshold: null, holdSeconds: 15 }, ratio.etag);
    expect(none.status).toBe(422);
  });
});
