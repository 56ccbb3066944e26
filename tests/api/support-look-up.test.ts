import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as lookUp } from "@/app/api/support/look-up/route";
import { problemSchema } from "@/lib/contracts/portal";
import { type SupportCase, supportCaseSchema } from "@/lib/contracts/support";
import type { SessionReport } from "@/lib/contracts/telemetry";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
const purpose = "ticket 4711";
let database: TestDatabase;
let headers: { cookie: string };
let subscriberId: string;
let sequence = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("support")).cookie };
  await ensureTestbedPolicy({ contentCidr: "198.18.80.0/24", lteCidr: "100.64.0.0/10", wifiCidr: "192.168.0.0/16" });
  const { deviceId } = await ensureDemoSubscriber({ classId: "gold" });
  ({ subscriberId } = await getDatabase().device.findUniqueOrThrow({ where: { id: deviceId } }));
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});
afterAll(() => database.stop());

async function report(id: string, changes: Partial<SessionReport>): Promise<void> {
  sequence += 1;
  const startedAt = new Date(Date.now() - 10_000).toISOString();
  const session = { ...sessionReport(id, { startedAt, ...changes }), subscriberId };
  await recordTelemetry(node, telemetryBatch({ sequence, sessions: [session] }));
}

async function ask(body: object): Promise<Response> {
  return callRoute(lookUp, { method: "POST", headers, body });
}

async function found(body: object = { identifier: "demo-ue", purpose, destination: null }): Promise<SupportCase> {
  const response = await ask(body);
  expect(response.status).toBe(200);
  return supportCaseSchema.parse(await response.json());
}

async function entries(target: string) {
  return getDatabase().auditEntry.findMany({ where: { action: "support.look-up", target }, orderBy: { id: "asc" } });
}

describe("a look-up", () => {
  it("waits for who changes the subscriber before it holds the audit log", async () => {
    const { subscriber } = await found();
    await getDatabase().lookUpGrant.deleteMany();
    const { looking } = await getDatabase().$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT 1 FROM subscribers WHERE id = ${subscriber.id}::uuid FOR UPDATE`;
      const looking = found();
      await sleep(300);
      await appendAudit(transaction, { actor: "system", action: "test.change", target: `subscriber:${subscriber.id}` });
      return { looking };
    });
    expect((await looking).subscriber.id).toBe(subscriber.id);
  });

  it("finds by any identifier, and is kept with its purpose", async () => {
    const { subscriber } = await found();
    const { msisdn, id } = subscriber;
    const before = (await entries(`subscriber:${id}`)).length;
    for (const identifier of [msisdn, `0${msisdn.slice(3)}`, id])
      expect((await found({ identifier, purpose, destination: null })).subscriber.id).toBe(id);
    const kept = (await entries(`subscriber:${id}`)).slice(before);
    expect(kept.map(({ reason }) => reason)).toEqual([purpose, purpose, purpose]);
  });

  it("keeps also those that find nobody", async () => {
    const response = await ask({ identifier: "+15550009999", purpose, destination: null });
    expect(problemSchema.parse(await response.json()).code).toBe("SUBSCRIBER_UNKNOWN");
    expect((await entries("subscriber:unknown")).at(-1)?.after).toEqual({ identifier: "+15550009999" });
  });

  it("is not answered without a purpose", async () => {
    const response = await ask({ identifier: "demo-ue", purpose: " ", destination: null });
    expect(response.status).toBe(422);
    expect(problemSchema.parse(await response.json()).fields).toHaveProperty("purpose");
  });

  it("judges sessions and their events, and adds up what each access carried", async () => {
    expect((await found()).verdict.cause).not.toBe("aggregating");
    const at = new Date().toISOString();
    const stall = { at, subflowId: 2, access: "wifi", kind: "stalled", cause: "stalled", actor: "proxy" } as const;
    await report("a", { events: [stall] });
    const { verdict, accesses, events, sessions, devices } = await found();
    expect(verdict).toMatchObject({ cause: "path-stale", tone: "bad" });
    expect(events).toMatchObject([{ kind: "stalled", destination: sessions[0]?.destination }]);
    const [lte, wifi] = sessions[0]?.subflows ?? [];
    expect(accesses).toMatchObject([
      {
        access: "lte",
        downloadBytes: lte?.downloadBytes,
        uploadBytes: lte?.uploadBytes,
        monthDownloadBytes: lte?.downloadBytes,
        monthUploadBytes: lte?.uploadBytes,
        openPaths: 1,
      },
      { access: "wifi", downloadBytes: wifi?.downloadBytes, uploadBytes: wifi?.uploadBytes, openPaths: 1 },
    ]);
    expect(devices).toMatchObject([{ id: "demo-ue", isRevoked: false }]);
  });

  it("has today and this month apart, from the ledger", async () => {
    const { subscriber } = await found();
    const now = new Date();
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    const isFirst = now.getUTCDate() === 1;
    const row = { subscriberId: subscriber.id, day: first, access: "wifi" as const };
    const before = (await found()).accesses.find(({ access }) => access === "wifi");
    await getDatabase().usageLedgerDay.create({ data: { ...row, uploadBytes: 5n, downloadBytes: 7_000_000_000n } });
    const wifi = (await found()).accesses.find(({ access }) => access === "wifi");
    expect((wifi?.monthDownloadBytes ?? 0) - (before?.monthDownloadBytes ?? 0)).toBe(7_000_000_000);
    expect((wifi?.monthUploadBytes ?? 0) - (before?.monthUploadBytes ?? 0)).toBe(5);
    expect((wifi?.downloadBytes ?? 0) - (before?.downloadBytes ?? 0)).toBe(isFirst ? 7_000_000_000 : 0);
  });

  it("asks the policy about the service that is slow", async () => {
    const { verdict, destination } = await found({ identifier: "demo-ue", purpose, destination: "203.0.113.9:443" });
    expect(verdict.cause).toBe("not-white-listed");
    expect(destination).toMatchObject({ text: "203.0.113.9:443", isThroughProxy: false });
    const listed = await found({ identifier: "demo-ue", purpose, destination: "198.18.80.10:80" });
    expect(listed.destination?.isThroughProxy).toBe(true);
  });
});
