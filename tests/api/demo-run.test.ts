import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as cancel } from "@/app/api/demo/runs/[id]/cancel/route";
import { GET as getRun } from "@/app/api/demo/runs/[id]/route";
import { GET as listRuns, POST as startRun } from "@/app/api/demo/runs/route";
import { GET as live } from "@/app/api/live/route";
import { GET as commands } from "@/app/api/testbed/commands/route";
import { POST as report } from "@/app/api/testbed/reports/route";
import type { LaneReport, TestbedReport } from "@/lib/contracts/demo";
import { type DemoRun, demoRunSchema, liveEventSchema } from "@/lib/contracts/live";
import { demoRunListSchema } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { defaultTestbedLimits, testbedHub } from "@/lib/services/testbed-hub";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";

const request = {
  preset: "city",
  device: null,
  direction: "download",
  sizeBytes: 1_000_000,
  lanes: ["lte-only", "lte-wifi"],
};
const link = { rateMbps: 75, rttMs: 40, lossPercent: 0 };
let database: TestDatabase;
let demo: { cookie: string };
let testbed: { authorization: string };
const open: OpenStream[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  await testbedHub({ ...defaultTestbedLimits, goneMs: 2500, forgottenMs: 1000, hideMs: 500 });
  demo = { cookie: (await signedIn("demo")).cookie };
  const { credential } = await ensureLocalNode({ id: "testbed-1", name: "Testbed", kind: "testbed" });
  testbed = { authorization: `Bearer ${credential}` };
});
afterAll(() => database.stop());
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

async function connect(): Promise<OpenStream> {
  const stream = await openStream(commands, { headers: testbed });
  open.push(stream);
  await stream.next(({ type }) => type === "heartbeat");
  return stream;
}

async function watch(): Promise<OpenStream> {
  const stream = await openStream(live, { headers: demo });
  open.push(stream);
  return stream;
}

async function start(): Promise<DemoRun> {
  const answer = await callRoute(startRun, { headers: demo, body: request });
  expect(answer.status).toBe(201);
  return demoRunSchema.parse(await answer.json());
}

async function readRun(id: string): Promise<DemoRun> {
  return demoRunSchema.parse(await (await callRoute(getRun, { headers: demo, params: { id } })).json());
}

async function cancelRun(id: string): Promise<Response> {
  return callRoute(cancel, { headers: demo, params: { id }, body: {} });
}

function lane(id: LaneReport["lane"], state: LaneReport["state"], times: number[] = []): LaneReport {
  const samples = times.map((tMs) => ({ tMs, lteBytes: tMs, wifiBytes: 2 * tMs, deliveredBytes: 3 * tMs }));
  const isDone = state === "finished";
  const sha256 = isDone ? "a".repeat(64) : null;
  const base = {
    lane: id,
    state,
    command: "wget",
    startedAt: "2026-01-01T00:00:00.000Z",
    error: null,
    faults: [],
    samples,
    sha256,
  };
  return { ...base, elapsedMs: isDone ? 1500 : null, deliveredBytes: isDone ? 1_000_000 : 0 };
}

async function send(run: TestbedReport["run"]): Promise<void> {
  const status: TestbedReport["status"] = {
    state: run === null ? "ready" : "running",
    preset: "city",
    lte: link,
    wifi: link,
    delayMethod: "nfqueue",
    faults: { lte: { fault: "none", at: null }, wifi: { fault: "none", at: null } },
    congestionControl: "cubic",
    scheduler: "default",
    kernel: "6.18",
    objectSha256: {},
  };
  const answer = await callRoute(report, { headers: testbed, body: { at: new Date().toISOString(), status, run } });
  expect(answer.status).toBe(204);
}

/** End whatever a test left, as the testbed would. */
async function settle(run: DemoRun): Promise<void> {
  await send({ runId: run.id, state: "finished", lanes: [] });
}

describe("a demo run", () => {
  it("is refused without a testbed, and says what to do", async () => {
    const answer = await callRoute(startRun, { headers: demo, body: request });
    expect(await answer.json()).toMatchObject({
      status: 409,
      code: "DEMO_NO_TESTBED",
      detail: expect.stringContaining("npm run demo"),
    });
  });

  it("goes from queued over running to finished, and everybody sees each step once", async () => {
    const [testbedStream, viewer] = [await connect(), await watch()];
    const run = await start();
    expect(run).toMatchObject({
      state: "queued",
      createdBy: "A demo",
      lanes: [{ state: "waiting" }, { state: "waiting" }],
    });
    const command = await testbedStream.next(({ type }) => type === "run");
    expect(command.data).toEqual({ type: "run", runId: run.id, request });
    const first = { runId: run.id, state: "running" as const, lanes: [lane("lte-only", "running", [100, 200])] };
    await send(first);
    await send(first);
    await send({ ...first, lanes: [lane("lte-only", "running", [200, 300])] });
    await send({
      runId: run.id,
      state: "finished",
      lanes: [lane("lte-only", "finished", [400]), lane("lte-wifi", "finished", [50])],
    });
    await viewer.next(({ data }) => data["type"] === "run" && (data["run"] as DemoRun).state === "finished");

    const kept = await readRun(run.id);
    expect(kept.lanes.map(({ samples }) => samples.map(({ tMs }) => tMs))).toEqual([[100, 200, 300, 400], [50]]);
    expect(kept).toMatchObject({
      state: "finished",
      testbed: { delayMethod: "nfqueue" },
      finishedAt: expect.any(String),
    });

    const events = viewer.events.map(({ data }) => liveEventSchema.parse(data));
    expect(events[0]?.type).toBe("snapshot");
    const steps = events.flatMap((event) => {
      if (event.type === "run") return [`run ${event.run.state}`];
      return event.type === "lane" ? [`lane ${event.lane.lane} ${event.lane.samples.map(({ tMs }) => tMs)}`] : [];
    });
    expect(steps).toEqual(["run queued", "run running", "lane lte-only 300", "run finished"]);
    const ids = viewer.events.filter(({ id }) => id !== null).map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
  });

  it("is one at a time", async () => {
    await connect();
    const answers = await Promise.all([1, 2, 3].map(() => callRoute(startRun, { headers: demo, body: request })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const run = await Promise.all(answers.map((answer) => answer.json())).then((bodies) => bodies.find(({ id }) => id));
    await settle(run);
  });

  it("that waits is sent again to a testbed that connects anew", async () => {
    const before = await connect();
    const run = await start();
    before.close();
    await before.ended;
    const after = await connect();
    expect((await after.next(({ type }) => type === "run")).data).toMatchObject({ runId: run.id });
    await settle(run);
  });

  it("is cancelled at once while it waits, and told to the testbed", async () => {
    const stream = await connect();
    const run = await start();
    const answer = await cancelRun(run.id);
    expect(demoRunSchema.parse(await answer.json())).toMatchObject({
      state: "cancelled",
      lanes: [{ state: "cancelled" }, { state: "cancelled" }],
    });
    await stream.next(({ data }) => data["type"] === "cancel" && data["runId"] === run.id);
    expect(await (await cancelRun(run.id)).json()).toMatchObject({ status: 409, code: "DEMO_RUN_OVER" });
  });

  it("that runs is cancelled when the testbed says so", async () => {
    const stream = await connect();
    const run = await start();
    await send({ runId: run.id, state: "running", lanes: [lane("lte-only", "running", [10])] });
    expect(await (await cancelRun(run.id)).json()).toMatchObject({ state: "running" });
    await stream.next(({ data }) => data["type"] === "cancel" && data["runId"] === run.id);
    await send({
      runId: run.id,
      state: "cancelled",
      lanes: [lane("lte-only", "cancelled"), lane("lte-wifi", "cancelled")],
    });
    expect(await readRun(run.id)).toMatchObject({
      state: "cancelled",
      lanes: [{ samples: [{ tMs: 10 }] }, { samples: [] }],
    });
  });

  it("fails with a clear text when the testbed forgets it", async () => {
    await connect();
    const run = await start();
    await send({ runId: run.id, state: "running", lanes: [lane("lte-only", "running", [10])] });
    for (let n = 0; n < 14 && (await readRun(run.id)).state === "running"; n += 1) {
      await send(null);
      await sleep(200);
    }
    const failed = await readRun(run.id);
    expect(failed).toMatchObject({
      state: "failed",
      lanes: [{ state: "failed", error: expect.stringMatching(/testbed restarted/) }, {}],
    });
  });

  it("fails with a clear text when the testbed is away for long", async () => {
    expect(defaultTestbedLimits.goneMs).toBe(10_000);
    const [stream, viewer] = [await connect(), await watch()];
    const run = await start();
    await send({ runId: run.id, state: "running", lanes: [lane("lte-only", "running", [10])] });
    stream.close();
    await stream.ended;
    await sleep(1500);
    expect((await readRun(run.id)).state).toBe("running");
    await viewer.next(({ data }) => data["type"] === "run" && (data["run"] as DemoRun).state === "failed");
    expect((await readRun(run.id)).lanes[0]?.error).toMatch(/testbed went away/i);
    expect(viewer.events.some(({ data }) => data["type"] === "testbed" && data["testbed"] === null)).toBe(true);
  });

  it("is listed newest first without samples, and starts and cancels are in the audit log", async () => {
    const page = demoRunListSchema.parse(await (await callRoute(listRuns, { headers: demo, query: "limit=2" })).json());
    expect(page.items).toHaveLength(2);
    expect(page.items.flatMap(({ lanes }) => lanes.flatMap(({ samples }) => samples))).toEqual([]);
    const rest = await callRoute(listRuns, { headers: demo, query: `limit=50&cursor=${page.nextCursor}` });
    const items = [...page.items, ...demoRunListSchema.parse(await rest.json()).items];
    expect(items).toHaveLength(await getDatabase().demoRun.count());
    const times = items.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    const starts = await getDatabase().auditEntry.count({ where: { action: "demo.start" } });
    const cancels = await getDatabase().auditEntry.count({ where: { action: "demo.cancel" } });
    expect([starts, cancels]).toEqual([items.length, 2]);
  });
});
