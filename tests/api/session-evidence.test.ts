import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as readSession } from "@/app/api/sessions/[key]/route";
import { GET as sessions } from "@/app/api/sessions/route";
import { type SessionDetail, sessionDetailSchema, sessionListSchema } from "@/lib/contracts/portal";
import type { PathEvent, SessionReport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { getSession } from "@/lib/services/get-session";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { removeOldSamples } from "@/lib/services/sample-keeper";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
/** A whole second some minutes ago: samples are kept for a day, and reports are never from the future. */
const zeroMs = Math.floor(Date.now() / 1000) * 1000 - 300_000;
const moment = (ms: number): Date => new Date(zeroMs + ms);
let database: TestDatabase;
let viewer: { cookie: string };
/** The live view remembers epochs for the life of the process: each test has its own. */
let round = 0;
let sequence = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  viewer = { cookie: (await signedIn("viewer")).cookie };
});
afterAll(() => database.stop());
beforeEach(async () => {
  round += 1;
  sequence = 0;
  await getDatabase().node.deleteMany();
  await getDatabase().sessionSample.deleteMany();
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
});

type Bytes = { lteUp?: number; lteDown?: number; wifiUp?: number; wifiDown?: number };

/** A session since 0 ms whose paths have carried so much. */
function report(bytes: Bytes, changes: Partial<SessionReport> = {}): SessionReport {
  const base = sessionReport("a", { startedAt: moment(0).toISOString(), ...changes });
  const [lte, wifi] = base.subflows;
  if (lte === undefined || wifi === undefined) throw new Error("two paths");
  return {
    ...base,
    subflows: [
      { ...lte, uploadBytes: bytes.lteUp ?? 0, downloadBytes: bytes.lteDown ?? 0 },
      { ...wifi, uploadBytes: bytes.wifiUp ?? 0, downloadBytes: bytes.wifiDown ?? 0 },
    ],
  };
}

async function send(atMs: number, ...reports: SessionReport[]): Promise<() => Promise<unknown>> {
  sequence += 1;
  const options = { epoch: `evidence-${round}`, startedAt: moment(-60_000), at: moment(atMs) };
  const batch = telemetryBatch({ ...options, sequence, sessions: reports });
  await recordTelemetry(node, batch);
  return () => recordTelemetry(node, batch);
}

async function detail(nowMs: number): Promise<SessionDetail> {
  const row = await getDatabase().session.findFirstOrThrow();
  return getSession(row.id.toString(), moment(nowMs));
}

/** `lteDown lteUp wifiDown wifiUp` of each bucket, null for a gap. */
function figures({ samples }: SessionDetail): (string | null)[] {
  return samples.buckets.map((bucket) =>
    bucket === null
      ? null
      : [bucket.lteDownloadBytes, bucket.lteUploadBytes, bucket.wifiDownloadBytes, bucket.wifiUploadBytes].join(" "),
  );
}

const end = (ms: number) => ({ at: moment(ms).toISOString(), reason: "closed" });

const pathEvent = (ms: number, changes: Partial<PathEvent> = {}): PathEvent => ({
  at: moment(ms).toISOString(),
  subflowId: 1,
  access: "lte",
  kind: "priority-changed",
  cause: "wifi-suffices",
  actor: "policy",
  ...changes,
});

describe("what happened to paths", () => {
  it("is kept once, in its order, also where the batch is sent again", async () => {
    const joined = pathEvent(10, { kind: "joined", cause: "endpoint-announced", actor: "agent" });
    const fallback = pathEvent(20, { subflowId: null, access: null, kind: "fallback", cause: "options-stripped" });
    const again = await send(1000, report({}, { events: [joined, fallback, pathEvent(20)] }));
    await again();
    await send(2000, report({}, { events: [pathEvent(1500, { cause: "wifi-is-short" })] }));
    await again();
    expect((await detail(2000)).events).toEqual([
      joined,
      fallback,
      pathEvent(20),
      pathEvent(1500, { cause: "wifi-is-short" }),
    ]);
  });

  it("counts of every report of a session in one batch", async () => {
    await send(1000, report({}, { events: [pathEvent(1)] }), report({}, { events: [pathEvent(2)] }));
    expect((await detail(1000)).events).toEqual([pathEvent(1), pathEvent(2)]);
  });

  it("is given by the newest thousand", async () => {
    const many = Array.from({ length: 500 }, (_, n) => pathEvent(n));
    for (const batch of [0, 1, 2]) await send(1000 + batch, report({}, { events: many }));
    const { events } = await detail(2000);
    expect(events).toHaveLength(1000);
    expect(events.at(-1)).toEqual(pathEvent(499));
  });
});

describe("a path", () => {
  it("is shown as steering has set it", async () => {
    const plain = report({});
    const [lte, wifi] = plain.subflows;
    if (lte === undefined || wifi === undefined) throw new Error("two paths");
    const steered = { ...lte, isBackup: true, downloadLimitBytesPerSecond: 1_250_000 };
    await send(1000, { ...plain, subflows: [steered, wifi] });
    expect((await detail(1000)).subflows).toEqual([steered, wifi]);
    await send(2000, plain);
    const { items } = sessionListSchema.parse(await (await callRoute(sessions, { headers: viewer })).json());
    expect(items[0]?.subflows).toEqual(plain.subflows);
  });
});

describe("bytes by second", () => {
  it("are what the paths grew, in the seconds in which they did", async () => {
    await send(500, report({ wifiDown: 500, lteUp: 50 }));
    await send(1000, report({ wifiDown: 1000, lteUp: 50 }));
    await send(1500, report({ wifiDown: 1300, lteUp: 50, lteDown: 7 }));
    await send(2500, report({ wifiDown: 2300, lteUp: 50, lteDown: 7 }));
    await send(3000, report({ wifiDown: 2300, lteUp: 50, lteDown: 7 }, { end: end(2700) }));
    const session = await detail(100_000);
    expect(session.samples).toMatchObject({ from: moment(0).toISOString(), everyMs: 1000 });
    expect(figures(session)).toEqual(["0 50 1000 0", "7 0 800 0", "0 0 500 0"]);
  });

  it("sum up to the paths' bytes, however reports lie", async () => {
    const moments = [137, 334, 901, 1000, 1713, 2950, 4001, 4500, 6999];
    for (const [step, atMs] of moments.entries())
      await send(atMs, report({ lteDown: step * 1009 + 1, wifiUp: step * step * 101 }));
    await send(7777, report({ lteDown: 20_011, wifiUp: 99_999 }, { end: end(7700) }));
    const { samples } = await detail(60_000);
    const sum = (name: "lteDownloadBytes" | "wifiUploadBytes") =>
      samples.buckets.reduce((total, bucket) => total + (bucket?.[name] ?? 0), 0);
    expect([sum("lteDownloadBytes"), sum("wifiUploadBytes")]).toEqual([20_011, 99_999]);
    expect(samples.buckets).toHaveLength(8);
  });

  it("are null where the node did not report, and 0 where the session was idle", async () => {
    await send(1000, report({ wifiDown: 1000 }));
    await send(2000);
    await send(3000);
    await send(8000, report({ wifiDown: 900_000 }));
    await send(9000, report({ wifiDown: 901_000 }));
    const seen = figures(await detail(9500));
    expect(seen).toEqual(["0 0 1000 0", "0 0 0 0", "0 0 0 0", null, null, null, null, null, "0 0 1000 0"]);
  });

  it("end with the last report of a node that fell silent", async () => {
    await send(1000, report({ wifiDown: 1000 }));
    expect(figures(await detail(3900))).toEqual(["0 0 1000 0"]);
    expect(figures(await detail(6000))).toEqual(["0 0 1000 0", null, null, null, null, null]);
  });

  it("come in wider buckets for a long session", async () => {
    const startedAt = moment(-3_600_000).toISOString();
    await send(0, report({}, { startedAt }));
    await send(1000, report({ wifiDown: 5000 }, { startedAt }));
    await send(2000, report({ wifiDown: 5000 }, { startedAt, end: end(2000) }));
    const { samples } = await detail(100_000);
    expect(samples.everyMs).toBe(10_000);
    expect(samples.buckets.length).toBeLessThanOrEqual(600);
    expect(samples.buckets.reduce((sum, bucket) => sum + (bucket?.wifiDownloadBytes ?? 0), 0)).toBe(5000);
  });

  it("are kept for a day", async () => {
    await send(1000, report({ wifiDown: 1000 }));
    await send(9000, report({ wifiDown: 2000 }));
    await removeOldSamples(moment(86_400_000));
    expect([await getDatabase().sessionSample.count(), (await detail(9000)).samples.buckets.length]).toEqual([1, 9]);
    await removeOldSamples(moment(86_410_000));
    expect(await getDatabase().sessionSample.count()).toBe(0);
    expect(figures(await detail(2 * 86_400_000)).filter((bucket) => bucket !== null)).toEqual([]);
  });

  it("end with the minutes of nodes, classes and white-lists after 40 days, and with the hits of rules after 400", async () => {
    const { usageMinute, classMinute, whiteListMinute, ruleHits } = getDatabase();
    const day = 86_400_000;
    const hits = { whiteListId: "web", kind: "host", hits: 1n };
    await classMinute.deleteMany();
    await whiteListMinute.deleteMany();
    for (const days of [39, 41]) {
      const minute = moment(-days * day);
      const bytes = { uploadBytes: 1n, downloadBytes: 1n };
      await usageMinute.create({ data: { minute, nodeId: node.id, access: "lte", ...bytes } });
      await classMinute.create({ data: { minute, serviceClassId: "gold", lteBytes: 1n, totalBytes: 1n } });
      await whiteListMinute.create({ data: { minute, whiteListId: "web", totalBytes: 1n } });
    }
    for (const days of [399, 401])
      await ruleHits.create({ data: { ...hits, value: `${days}.example`, lastAt: moment(-days * day) } });
    await removeOldSamples(moment(0));
    expect(await usageMinute.findMany({ where: { nodeId: node.id } })).toMatchObject([{ minute: moment(-39 * day) }]);
    expect(await classMinute.findMany()).toMatchObject([{ minute: moment(-39 * day) }]);
    expect(await whiteListMinute.findMany()).toMatchObject([{ minute: moment(-39 * day) }]);
    expect(await ruleHits.findMany({ where: { value: { endsWith: ".example" }, whiteListId: "web" } })).toMatchObject([
      { value: "399.example" },
    ]);
  });

  it("go with their sessions, paths and events, 35 days after these ended", async () => {
    const { session, subflow } = getDatabase();
    const day = 86_400_000;
    await send(1000, report({ wifiDown: 1000 }, { end: end(1000) }));
    const ended = await session.findFirstOrThrow();
    await send(2000, { ...report({ wifiDown: 2000 }), id: "b" });
    await removeOldSamples(moment(34 * day));
    expect(await session.count()).toBe(2);
    await removeOldSamples(moment(36 * day));
    expect(await session.findMany()).toMatchObject([{ sessionId: "b", endedAt: null }]);
    expect(await subflow.count({ where: { sessionPk: ended.id } })).toBe(0);
  });

  it("of 5,000 sessions come in one report", async () => {
    const all = (bytes: Bytes) => Array.from({ length: 5000 }, (_, n) => ({ ...report(bytes), id: `s${n}` }));
    await send(500, ...all({ lteDown: 100, wifiDown: 300 }));
    await send(1500, ...all({ lteDown: 300, wifiDown: 700 }));
    const { _sum } = await getDatabase().sessionSample.aggregate({
      _sum: { lteDownloadBytes: true, wifiDownloadBytes: true },
    });
    expect(_sum).toEqual({ lteDownloadBytes: 1_500_000n, wifiDownloadBytes: 3_500_000n });
  });
});

describe("the page of a session", () => {
  const read = (key: string) => callRoute(readSession, { headers: viewer, params: { key } });

  it("has its class by name, what share LTE may have, and what it had", async () => {
    await send(1000, report({ lteDown: 200, wifiDown: 700, wifiUp: 100 }, { serviceClassId: "silver" }));
    const { id } = await getDatabase().session.findFirstOrThrow();
    const session = sessionDetailSchema.parse(await (await read(id.toString())).json());
    expect(session).toMatchObject({ className: "Silver", targetLteSharePercent: 20, achievedLteSharePercent: 20 });
  });

  it("has no share to reach where the class uses both paths, or is not known", async () => {
    await send(1000, report({ lteDown: 1 }, { serviceClassId: "gold" }));
    expect(await detail(1000)).toMatchObject({ className: "Gold", targetLteSharePercent: null });
    await send(2000, report({}, { serviceClassId: "platinum" }));
    expect(await detail(2000)).toMatchObject({ className: "platinum", targetLteSharePercent: null });
  });

  it("is not there for a number that no session has", async () => {
    expect(await (await read("999999")).json()).toMatchObject({ status: 404, code: "SESSION_UNKNOWN" });
    expect((await read("first")).status).toBe(404);
  });
});
