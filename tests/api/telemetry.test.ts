import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as report } from "@/app/api/nodes/telemetry/route";
import { GET as sessions } from "@/app/api/sessions/route";
import { GET as usage } from "@/app/api/usage/route";
import { type SessionList, sessionListSchema, usageSchema } from "@/lib/contracts/portal";
import { type TelemetryBatch, telemetryReplySchema } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
const minute = (n: number, second = 0): Date => new Date(Date.UTC(2026, 0, 1, 0, n, second));
let database: TestDatabase;
let viewer: { cookie: string };
/** The live view remembers epochs for the life of the process: each test has its own. */
let round = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  viewer = { cookie: (await signedIn("viewer")).cookie };
});
afterAll(() => database.stop());
beforeEach(forget);

async function forget(): Promise<void> {
  round += 1;
  await getDatabase().node.deleteMany();
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
}

async function send(...batches: TelemetryBatch[]): Promise<void> {
  for (const batch of batches) await recordTelemetry(node, { ...batch, epoch: `${batch.epoch}-${round}` });
}

/** `minute access up down`, one line each, sorted: two ledgers are the same when this is. */
async function ledger(): Promise<string[]> {
  const rows = await getDatabase().usageMinute.findMany({ orderBy: [{ minute: "asc" }, { access: "asc" }] });
  return rows
    .filter(({ uploadBytes, downloadBytes }) => uploadBytes + downloadBytes > 0n)
    .map((row) => `${row.minute.getUTCMinutes()} ${row.access} ${row.uploadBytes} ${row.downloadBytes}`);
}

async function listed(query = ""): Promise<SessionList> {
  return sessionListSchema.parse(await (await callRoute(sessions, { headers: viewer, query })).json());
}

describe("the usage ledger", () => {
  it("has exactly the bytes between reports, in the minute of the report", async () => {
    await send(
      telemetryBatch({ sequence: 1, at: minute(1), lte: { downloadBytes: 100, uploadBytes: 5 } }),
      telemetryBatch({ sequence: 2, at: minute(1, 59), lte: { downloadBytes: 150, uploadBytes: 5 } }),
      telemetryBatch({
        sequence: 3,
        at: minute(2),
        lte: { downloadBytes: 150, uploadBytes: 9 },
        wifi: { downloadBytes: 7 },
      }),
    );
    expect(await ledger()).toEqual(["1 lte 5 150", "2 lte 4 0", "2 wifi 0 7"]);
  });

  it("drops replays, and after a gap has what the lost reports had", async () => {
    const [first, second, fourth] = [1, 2, 4].map((n) =>
      telemetryBatch({ sequence: n, at: minute(n), wifi: { downloadBytes: n * 1000 } }),
    );
    if (first === undefined || second === undefined || fourth === undefined) throw new Error("three batches");
    await send(first, second, second, first, fourth, second, fourth);
    expect(await ledger()).toEqual(["1 wifi 0 1000", "2 wifi 0 1000", "4 wifi 0 2000"]);
  });

  it("starts from 0 with a new epoch and takes late reports of the old one", async () => {
    await send(
      telemetryBatch({ sequence: 1, at: minute(1), lte: { downloadBytes: 100 } }),
      telemetryBatch({
        epoch: "epoch-two",
        startedAt: minute(2),
        sequence: 1,
        at: minute(2),
        lte: { downloadBytes: 30 },
      }),
      telemetryBatch({ sequence: 2, at: minute(3), lte: { downloadBytes: 140 } }),
    );
    expect(await ledger()).toEqual(["1 lte 0 100", "2 lte 0 30", "3 lte 0 40"]);
    expect(await getDatabase().node.findUnique({ where: { id: node.id } })).toMatchObject({
      starts: 2,
      epoch: `epoch-two-${round}`,
    });
  });

  it("takes nothing away where counters go back, and counts nothing twice when they grow again", async () => {
    await send(
      telemetryBatch({ sequence: 1, at: minute(1), lte: { downloadBytes: 100 } }),
      telemetryBatch({ sequence: 2, at: minute(2), lte: { downloadBytes: 99 }, wifi: { uploadBytes: 5 } }),
      telemetryBatch({ sequence: 3, at: minute(3), lte: { downloadBytes: 101 }, wifi: { uploadBytes: 5 } }),
    );
    expect(await ledger()).toEqual(["1 lte 0 100", "2 wifi 5 0", "3 lte 0 1"]);
  });

  it("keeps what clients named as they named it", async () => {
    const name = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0"));
    const odd = ['"', "\\", "{a,b}", "NULL", "", " ", "null", "a\nb"];
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 8 }), async (names) => {
        await forget();
        const sessions = [...odd, ...names].map((destination, n) =>
          sessionReport(String(n), { destination, whiteListId: n % 2 === 0 ? null : destination }),
        );
        await send(telemetryBatch({ sequence: 1, sessions }));
        const rows = await getDatabase().session.findMany({ orderBy: { id: "asc" } });
        expect(rows.map(({ destination, whiteListId }) => ({ destination, whiteListId }))).toEqual(
          sessions.map(({ destination, whiteListId }) => ({ destination, whiteListId })),
        );
      }),
      { numRuns: 15 },
    );
  });

  it("is exact above 2^53 in sum and at 10^15 in one report", async () => {
    const big = Number.MAX_SAFE_INTEGER;
    await send(
      telemetryBatch({ sequence: 1, at: minute(1), lte: { downloadBytes: big } }),
      telemetryBatch({ epoch: "epoch-two", sequence: 1, at: minute(1), lte: { downloadBytes: big } }),
    );
    expect(await ledger()).toEqual([`1 lte 0 ${2n * BigInt(big)}`]);
  });

  it("is the same however often and late reports are sent again", async () => {
    const growth = fc.array(fc.record({ lte: fc.nat(1_000_000), wifi: fc.nat(1_000_000), seconds: fc.nat(90) }), {
      minLength: 1,
      maxLength: 6,
    });
    const replays = fc.array(fc.record({ after: fc.nat(5), index: fc.nat(5) }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(growth, replays, async (steps, again) => {
        let [lte, wifi, seconds] = [0, 0, 0];
        const batches = steps.map((step, index) => {
          lte += step.lte;
          wifi += step.wifi;
          seconds += step.seconds;
          return telemetryBatch({
            sequence: index + 1,
            at: minute(0, seconds),
            lte: { downloadBytes: lte },
            wifi: { uploadBytes: wifi },
          });
        });
        await forget();
        await send(...batches);
        const once = await ledger();
        await forget();
        for (const [index, batch] of batches.entries()) {
          await send(batch);
          const repeated = again
            .filter(({ after }) => after === index)
            .map((replay) => batches[Math.min(replay.index, index)] ?? batch);
          await Promise.all(repeated.map((replay) => send(replay)));
        }
        expect(await ledger()).toEqual(once);
      }),
      { numRuns: 25 },
    );
  });

  it("sums to the last totals in whatever order reports arrive", async () => {
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(order, async (sequences) => {
        await forget();
        await Promise.all(
          sequences.map((n) =>
            send(telemetryBatch({ sequence: n, at: minute(n), lte: { downloadBytes: n * n * 10 } })),
          ),
        );
        const { _sum } = await getDatabase().usageMinute.aggregate({ _sum: { downloadBytes: true } });
        expect(_sum.downloadBytes).toBe(BigInt(Math.max(...sequences) ** 2 * 10));
      }),
      { numRuns: 15 },
    );
  });

  it("is read by minute, with null where nobody reported", async () => {
    const now = new Date();
    const earlier = new Date(now.getTime() - 3 * 60_000);
    await send(
      telemetryBatch({ sequence: 1, at: earlier, lte: { downloadBytes: 100 } }),
      telemetryBatch({ sequence: 2, at: now, lte: { downloadBytes: 100 }, wifi: { uploadBytes: 3 } }),
    );
    const answer = usageSchema.parse(await (await callRoute(usage, { headers: viewer, query: "minutes=5" })).json());
    const seen = answer.minutes.map(({ access }) => access && access.lte.downloadBytes + access.wifi.uploadBytes);
    expect(seen).toHaveLength(5);
    expect(seen.filter((value) => value !== null)).toEqual([100, 3]);
  });
});

describe("sessions", () => {
  it("are listed with their paths, and change with each report", async () => {
    const grown = sessionReport("a", { downloadBytes: 9000, transport: "tcp-fallback", handshakeUploadBytes: -12 });
    await send(
      telemetryBatch({ sequence: 1, sessions: [sessionReport("a")] }),
      telemetryBatch({ sequence: 2, sessions: [grown] }),
    );
    const { events: _events, ...row } = grown;
    const key = expect.stringMatching(/^\d+$/);
    expect((await listed()).items).toEqual([{ ...row, key, nodeId: "proxy-1", nodeName: "Proxy" }]);
  });

  it("that ended stay ended, and are told apart from running ones", async () => {
    const end = { at: "2026-01-01T00:05:00.000Z", reason: "closed" };
    await send(
      telemetryBatch({ sequence: 1, sessions: [sessionReport("a"), sessionReport("b", { end })] }),
      telemetryBatch({ sequence: 2, sessions: [sessionReport("b", { downloadBytes: 1 })] }),
    );
    expect((await listed("state=running")).items.map(({ id }) => id)).toEqual(["a"]);
    expect((await listed("state=ended")).items).toMatchObject([{ id: "b", end }]);
  });

  it("of a process that died end when its node starts again", async () => {
    await send(
      telemetryBatch({ sequence: 1, sessions: [sessionReport("a")] }),
      telemetryBatch({
        epoch: "epoch-two",
        startedAt: minute(2),
        sequence: 1,
        at: minute(2),
        sessions: [sessionReport("a")],
      }),
    );
    const { items } = await listed();
    expect(items.map(({ end }) => end?.reason ?? null).sort()).toEqual(["node-restarted", null]);
    const ended = items.find(({ end }) => end !== null);
    expect(ended?.subflows.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });

  it("are paged newest first, each once, also where they began at the same moment", async () => {
    const many = Array.from({ length: 23 }, (_, n) =>
      sessionReport(`s${n}`, { startedAt: minute(Math.floor(n / 4)).toISOString() }),
    );
    await send(telemetryBatch({ sequence: 1, sessions: many }));
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: SessionList = await listed(`limit=5${cursor === "" ? "" : `&cursor=${cursor}`}`);
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(many.map(({ id }) => id).reverse());
  });

  it("come by the thousand in one report", async () => {
    const many = Array.from({ length: 5000 }, (_, n) => sessionReport(`s${n}`));
    await send(telemetryBatch({ sequence: 1, sessions: many }));
    expect(await getDatabase().subflow.count()).toBe(10_000);
  });
});

describe("the report call", () => {
  it("answers how often to report, and refuses what is no report", async () => {
    const { credential } = await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
    const headers = { authorization: `Bearer ${credential}` };
    const good = await callRoute(report, { headers, body: telemetryBatch({ sequence: 1 }) });
    expect(telemetryReplySchema.parse(await good.json())).toEqual({ reportEveryMs: 1000 });
    const bad = await callRoute(report, { headers, body: { ...telemetryBatch({ sequence: 2 }), sequence: -1 } });
    expect(await bad.json()).toMatchObject({ status: 422, fields: { sequence: expect.any(String) } });
  });

  it("takes a new credential only, once the node has one", async () => {
    const before = await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
    await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
    const headers = { authorization: `Bearer ${before.credential}` };
    expect((await callRoute(report, { headers, body: telemetryBatch({ sequence: 1 }) })).status).toBe(401);
  });
});
