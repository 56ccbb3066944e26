import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as lookBack } from "@/app/api/support/moment/route";
import { type SupportMoment, supportMomentSchema } from "@/lib/contracts/moment";
import { problemSchema } from "@/lib/contracts/portal";
import type { PathEvent, SessionReport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
const minuteMs = 60_000;
const now = Date.now();
const minutesAgo = (minutes: number): string => new Date(now - minutes * minuteMs).toISOString();
let database: TestDatabase;
let headers: { cookie: string };
let desk: PolicyDesk;
let subscriberId: string;
let sequence = 0;

async function report(id: string, changes: Partial<SessionReport>): Promise<void> {
  sequence += 1;
  const session = { ...sessionReport(id, changes), subscriberId };
  await recordTelemetry(node, telemetryBatch({ sequence, sessions: [session] }));
}

const stall = (minutes: number): PathEvent => ({
  at: minutesAgo(minutes),
  subflowId: 2,
  access: "wifi",
  kind: "stalled",
  cause: "stalled",
  actor: "proxy",
});

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("support")).cookie };
  desk = new PolicyDesk({ cookie: (await signedIn("operator")).cookie });
  await ensureTestbedPolicy({ contentCidr: "198.18.80.0/24", lteCidr: "100.64.0.0/10", wifiCidr: "192.168.0.0/16" });
  const { deviceId } = await ensureDemoSubscriber({ classId: "silver" });
  ({ subscriberId } = await getDatabase().device.findUniqueOrThrow({ where: { id: deviceId } }));
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
  const silver = { serviceClassId: "silver" };
  const ended = (minutes: number) => ({ end: { at: minutesAgo(minutes), reason: "closed" } });
  await report("long", { ...silver, startedAt: minutesAgo(120), events: [stall(70), stall(55), stall(20)] });
  await report("over", { ...silver, startedAt: minutesAgo(90), ...ended(80) });
  await report("just-over", { ...silver, startedAt: minutesAgo(80), events: [stall(62)], ...ended(61) });
  await report("later", { ...silver, startedAt: minutesAgo(30) });
});
afterAll(() => database.stop());

const ask = (at: string, identifier = "demo-ue") =>
  callRoute(lookBack, { headers, body: { identifier, purpose: "ticket 4711", at } });

async function momentAt(at: string): Promise<SupportMoment> {
  const answer = await ask(at);
  expect(answer.status).toBe(200);
  return supportMomentSchema.parse(await answer.json());
}

describe("a moment", () => {
  it("has the sessions that ran then, and what happened to paths a quarter of an hour to either side", async () => {
    const { sessions, events, from, to } = await momentAt(minutesAgo(60));
    expect(sessions.map(({ id }) => id)).toEqual(["long"]);
    expect(events.map(({ at }) => at)).toEqual([minutesAgo(55), minutesAgo(62), minutesAgo(70)]);
    expect([from, to]).toEqual([minutesAgo(75), minutesAgo(45)]);
    expect((await momentAt(minutesAgo(70))).sessions.map(({ id }) => id)).toEqual(["just-over", "long"]);
  });

  it("has the policy that was in force then, with its class, not the one of now", async () => {
    const before = await momentAt(new Date().toISOString());
    const then = new Date().toISOString();
    await desk.publishClass("silver", { lteSharePercent: 7 });
    const [past, present] = [await momentAt(then), await momentAt(new Date().toISOString())];
    expect(past.policy).toMatchObject({ version: before.policy?.version, isTrial: false });
    expect(present.policy?.version).toBe((past.policy?.version ?? 0) + 1);
    expect(present.policy).toMatchObject({ reason: "a test", publishedBy: "A operator" });
    expect(present.policy?.serviceClass).toMatchObject({ id: "silver", lteSharePercent: 7 });
    expect(past.policy?.serviceClass?.lteSharePercent).not.toBe(7);
    expect((await momentAt(minutesAgo(60 * 24))).policy).toBeNull();
  });

  it("has what staff did about the subscriber, its class and policies, and nothing else", async () => {
    const { serviceClass } = { serviceClass: await desk.serviceClass("bronze") };
    await desk.putClass({ ...serviceClass.item, lteRateKbps: 4321 }, { etag: serviceClass.etag });
    const { audit } = await momentAt(new Date().toISOString());
    const concernOf = (action: string) => audit.find((entry) => entry.action === action)?.concern;
    expect(concernOf("support.look-up")).toBe("subscriber");
    expect(concernOf("device.enrol")).toBe("subscriber");
    expect(concernOf("policy.publish")).toBe("policy");
    const drafts = audit.filter(({ action }) => action === "policy.draft.change");
    expect(drafts.map(({ target, concern }) => ({ target, concern }))).toEqual([
      { target: "draft:service-class:silver", concern: "class" },
    ]);
    expect(audit.some(({ target }) => target.startsWith("session:") || target.startsWith("node:"))).toBe(false);
  });

  it("is of the last 30 days, and kept as a look-up with its purpose", async () => {
    for (const at of [minutesAgo(-10), minutesAgo(31 * 24 * 60)]) {
      const problem = problemSchema.parse(await (await ask(at)).json());
      expect(problem).toMatchObject({ status: 422, fields: { at: expect.stringContaining("30 days") } });
    }
    expect((await ask(minutesAgo(1), "nobody-at-all")).status).toBe(404);
    const where = { action: "support.look-up", target: `subscriber:${subscriberId}` };
    const last = await getDatabase().auditEntry.findFirst({ where, orderBy: { id: "desc" } });
    expect(last).toMatchObject({ reason: "ticket 4711" });
  });
});
