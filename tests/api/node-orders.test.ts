import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { POST as drain } from "@/app/api/nodes/[id]/drain/route";
import { POST as restart } from "@/app/api/nodes/[id]/restart/route";
import { POST as resume } from "@/app/api/nodes/[id]/resume/route";
import { GET as readSettings, PUT as writeSettings } from "@/app/api/nodes/[id]/settings/route";
import { GET as sessions } from "@/app/api/sessions/route";
import type { LiveEvent, LiveNode } from "@/lib/contracts/live";
import { editedNodeSettingsSchema, type NodeOrder, noNodeSettings, shownNodeOrderSchema } from "@/lib/contracts/nodes";
import type { PolicyEvent } from "@/lib/contracts/policy";
import { sessionListSchema } from "@/lib/contracts/portal";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { RouteHandler } from "@/lib/http/api-route";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { followNodePolicy } from "@/lib/services/follow-node-policy";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { watchLive } from "@/lib/services/watch-live";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

/** The live view remembers nodes for the life of the process: each test has its own. */
let node: NodeActor;
let database: TestDatabase;
let operator: { cookie: string };
let round = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  operator = { cookie: (await signedIn("operator")).cookie };
});
afterAll(() => database.stop());
beforeEach(async () => {
  round += 1;
  node = { kind: "node", id: `proxy-${round}`, name: "Proxy one", nodeKind: "proxy" };
  await getDatabase().node.deleteMany();
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});

function call(handler: RouteHandler, body: object, id = node.id) {
  return callRoute(handler, { method: "POST", params: { id }, headers: operator, body });
}

async function order(handler: RouteHandler, reason = "Because of a test") {
  const answer = await call(handler, { reason });
  expect(answer.status).toBe(200);
  return shownNodeOrderSchema.parse(await answer.json());
}

const send = (batch: TelemetryBatch) => recordTelemetry(node, batch);

/** What the node's stream says, from now on. */
async function follow(): Promise<{ orders: () => NodeOrder[]; stop: () => void }> {
  const events: PolicyEvent[] = [];
  const stop = await followNodePolicy({
    node,
    lastVersion: null,
    send: (event) => events.push(event),
    close: () => {},
  });
  return { orders: () => events.flatMap((event) => (event.type === "order" ? [event.order] : [])), stop };
}

describe("orders to a node", () => {
  it("are sent first, reach the stream at once, and are there for a node that was away", async () => {
    const stream = await follow();
    expect(stream.orders()).toEqual([
      { revision: 0, isDraining: false, restarts: 0, settings: noNodeSettings, isCredentialDue: false },
    ]);
    await order(drain);
    await vi.waitFor(() => expect(stream.orders().at(-1)).toMatchObject({ revision: 1, isDraining: true }));
    stream.stop();
    await order(resume);
    await order(drain, "Once more");
    const back = await follow();
    expect(back.orders()).toMatchObject([{ revision: 3, isDraining: true }]);
    back.stop();
  });

  it("say who gave them, when and why, and each has its audit row; one that changes nothing has none", async () => {
    await order(drain, "New kernel");
    const again = await order(drain, "Again");
    expect(again).toMatchObject({ revision: 1, isDraining: true, drainNote: { reason: "New kernel" } });
    expect(again.drainNote?.by).not.toMatch(/^staff:/);
    const resumed = await order(resume, "Done");
    expect(resumed).toMatchObject({ revision: 2, isDraining: false, drainNote: { reason: "Done" } });
    const rows = await getDatabase().auditEntry.findMany({
      where: { target: `node:${node.id}`, action: { not: "node.enrol" } },
      orderBy: { id: "asc" },
    });
    expect(rows.slice(-2)).toMatchObject([
      { action: "node.drain", reason: "New kernel", before: { isDraining: false }, after: { isDraining: true } },
      { action: "node.resume", reason: "Done", before: { isDraining: true }, after: { isDraining: false } },
    ]);
  });

  it("take a reason, and a proxy that is known", async () => {
    expect((await call(drain, { reason: " " })).status).toBe(422);
    expect((await call(drain, { reason: "Why not" }, "nobody")).status).toBe(404);
    await ensureLocalNode({ id: "testbed-1", name: "Testbed", kind: "testbed" });
    expect((await call(restart, { reason: "Why not" }, "testbed-1")).status).toBe(404);
  });

  it("to restart take a node that is there", async () => {
    const refused = await call(restart, { reason: "New version" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "NODE_AWAY" });
    await send(telemetryBatch({ sequence: 1 }));
    expect(await order(restart)).toMatchObject({ restarts: 1, restartNote: { reason: "Because of a test" } });
  });

  it("with settings are saved on what was seen, checked, and sent", async () => {
    const read = async () =>
      editedNodeSettingsSchema.parse(
        await (await callRoute(readSettings, { method: "GET", params: { id: node.id }, headers: operator })).json(),
      );
    const write = (settings: object, etag: string) =>
      callRoute(writeSettings, {
        method: "PUT",
        params: { id: node.id },
        headers: { ...operator, "if-match": `"${etag}"` },
        body: { ...noNodeSettings, ...settings, reason: "More room" },
      });
    const { etag, item } = await read();
    expect(item).toEqual(noNodeSettings);
    const stream = await follow();
    expect((await write({ maxConnections: 500, listenAddress: "::1" }, etag)).status).toBe(200);
    await vi.waitFor(() => expect(stream.orders().at(-1)?.settings).toMatchObject({ maxConnections: 500 }));
    stream.stop();
    const late = await write({ maxConnections: 600 }, etag);
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ current: { item: { maxConnections: 500, listenAddress: "::1" } } });
    const wrong = await write({ listenAddress: "localhost", listenPort: 70_000, maxConnections: 0 }, etag);
    expect(wrong.status).toBe(422);
    expect(Object.keys((await wrong.json()).fields).sort()).toEqual(["listenAddress", "listenPort", "maxConnections"]);
  });
});

describe("two processes of a node", () => {
  const held = sessionReport("held");
  const startedAt = new Date("2026-01-01T00:10:00Z");
  const next = (sequence: number, changes: object = {}) =>
    telemetryBatch({ epoch: "epoch-two", succeeds: "epoch-one", startedAt, sequence, ...changes });
  const retiring = (sequence: number, changes: object = {}) =>
    telemetryBatch({ sequence, state: "retiring", sessions: [held], ...changes });

  async function running(): Promise<string[]> {
    const answer = await callRoute(sessions, { headers: operator, query: "state=running" });
    return sessionListSchema.parse(await answer.json()).items.map(({ id }) => id);
  }

  async function fallSilent(epoch: string): Promise<void> {
    await getDatabase().telemetryEpoch.updateMany({
      where: { nodeId: node.id, epoch },
      data: { heardAt: new Date(Date.now() - 11_000) },
    });
  }

  async function bytes(): Promise<bigint> {
    const { _sum } = await getDatabase().usageMinute.aggregate({ _sum: { downloadBytes: true } });
    return _sum.downloadBytes ?? 0n;
  }

  it("are both counted, to the byte, and the sessions of the one that retires stay open", async () => {
    await send(telemetryBatch({ sequence: 1, sessions: [held], lte: { downloadBytes: 100 } }));
    await send(next(1, { wifi: { downloadBytes: 5 } }));
    expect(await running()).toEqual(["held"]);
    await send(retiring(2, { lte: { downloadBytes: 130 } }));
    await send(next(2, { wifi: { downloadBytes: 9 }, sessions: [sessionReport("new")] }));
    expect(await running()).toEqual(["new", "held"]);
    expect(await bytes()).toBe(139n);
    const row = await getDatabase().node.findUniqueOrThrow({ where: { id: node.id } });
    expect(row).toMatchObject({ epoch: "epoch-two", status: { state: "serving" } });
    await send(
      retiring(3, {
        lte: { downloadBytes: 130 },
        sessions: [{ ...held, end: { at: new Date().toISOString(), reason: "finished" } }],
      }),
    );
    expect(await running()).toEqual(["new"]);
  });

  it("are told apart from one that crashed: its sessions end at once, those of a killed one when it is silent", async () => {
    await send(telemetryBatch({ sequence: 1, sessions: [held] }));
    await send(telemetryBatch({ epoch: "epoch-two", startedAt, sequence: 1 }));
    expect(await running()).toEqual([]);
    await send(telemetryBatch({ epoch: "epoch-six", startedAt, sequence: 1, sessions: [sessionReport("six")] }));
    await send(next(2, { epoch: "epoch-seven", succeeds: "epoch-six" }));
    expect(await running()).toEqual(["six"]);
    await fallSilent("epoch-six");
    await send(next(3, { epoch: "epoch-seven", succeeds: "epoch-six" }));
    expect(await running()).toEqual([]);
  });

  it("find their sessions open again where the portal took one for gone that did not get through", async () => {
    await send(telemetryBatch({ sequence: 1, sessions: [held] }));
    await send(next(1));
    await fallSilent("epoch-one");
    await send(next(2));
    expect(await running()).toEqual([]);
    await send(retiring(2));
    expect(await running()).toEqual(["held"]);
  });

  it("are shown live: the rates of both, and how many sessions are left", async () => {
    const nodes: LiveNode[] = [];
    const rates: Extract<LiveEvent, { type: "rate" }>["rate"][] = [];
    const { stop } = await watchLive(({ event }) => {
      if (event.type === "node") nodes.push(event.node);
      if (event.type === "rate") rates.push(event.rate);
    });
    const beganMs = Date.now() - 10_000;
    const at = (seconds: number) => ({ at: new Date(beganMs + seconds * 1000) });
    await send(telemetryBatch({ sequence: 1, sessions: [held], ...at(0) }));
    await send(next(1, at(0)));
    await send(retiring(2, { ...at(1), lte: { downloadBytes: 1_000_000 } }));
    await send(next(2, { ...at(1), wifi: { downloadBytes: 2_000_000 } }));
    await vi.waitFor(() => expect(nodes.at(-1)?.retiring).toMatchObject([{ state: "retiring", sessions: 1 }]));
    // Nodes of the tests before still count for some hundred bit/s.
    const isNear = (bps: number, wanted: number) => Math.abs(bps - wanted) < wanted / 100;
    await vi.waitFor(() =>
      expect(rates.some(({ downloadBps: { lte, wifi } }) => isNear(lte, 8e6) && isNear(wifi, 16e6))).toBe(true),
    );
    await order(drain);
    await vi.waitFor(() => expect(nodes.at(-1)?.order).toMatchObject({ isDraining: true }));
    stop();
  });
});
