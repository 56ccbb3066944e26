import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionReport, TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { usageDayTable } from "@/lib/db/usage-days";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { type Reconciled, reconcileUsage } from "@/lib/services/reconcile-usage";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { keepUsageLedger, rollUpUsage } from "@/lib/services/roll-up-usage";
import { readSubscriberUsage } from "@/lib/services/subscriber-usage";
import { dropUsageDays, ensureUsageDay } from "@/lib/services/usage-partitions";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { sessionOfPaths, telemetryBatch } from "@/tests/factories/telemetry";

const dayMs = 86_400_000;
const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
/** Noon of three days ago, so that what is reported is neither to come nor too late. */
const zeroMs = Math.floor(Date.now() / dayMs - 3) * dayMs + dayMs / 2;
const minute = (n: number, second = 0): Date => new Date(zeroMs + n * 60_000 + second * 1000);
let database: TestDatabase;
let round = 0;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(forget);

async function forget(): Promise<void> {
  round += 1;
  await getDatabase().node.deleteMany();
  await getDatabase()
    .$executeRaw`TRUNCATE usage_ledger_minutes, usage_ledger_hours, usage_ledger_days, usage_ledger_stale_hours`;
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
}

const batch = (sequence: number, at: Date, ...sessions: SessionReport[]): TelemetryBatch =>
  telemetryBatch({ epoch: `ledger-${round}`, sequence, at, sessions });

async function send(...batches: TelemetryBatch[]): Promise<void> {
  for (const one of batches) await recordTelemetry(node, one);
}

/** `minute subscriber access up down`, one line each. */
async function minutes(): Promise<string[]> {
  const rows = await getDatabase().usageLedgerMinute.findMany({
    orderBy: [{ minute: "asc" }, { subscriberId: "asc" }, { access: "asc" }],
  });
  const since = (at: Date): number => (at.getTime() - zeroMs) / 60_000;
  return rows.map(
    (row) => `${since(row.minute)} ${row.subscriberId} ${row.access} ${row.uploadBytes} ${row.downloadBytes}`,
  );
}

async function days(): Promise<string[]> {
  const rows = await getDatabase().$queryRaw<{ access: string; bytes: string }[]>`
    SELECT access::text, sum(upload_bytes + download_bytes)::text AS bytes FROM usage_by_day GROUP BY 1 ORDER BY 1`;
  return rows.map(({ access, bytes }) => `${access} ${bytes}`);
}

const end = { at: minute(3).toISOString(), reason: "client-reset" };

describe("the ledger of subscribers", () => {
  it("has exactly what sessions carried, by subscriber, access and minute", async () => {
    await send(
      batch(1, minute(1), sessionOfPaths("a", 100, 10), sessionOfPaths("b", 5, 0, { subscriberId: "another" })),
      batch(2, minute(1, 59), sessionOfPaths("a", 150, 10)),
      batch(
        3,
        minute(2),
        sessionOfPaths("a", 150, 30, { end }),
        sessionOfPaths("b", 6, 0, { subscriberId: "another" }),
      ),
    );
    expect(await minutes()).toEqual([
      "1 another lte 0 5",
      "1 subscriber lte 0 150",
      "1 subscriber wifi 0 10",
      "2 another lte 0 1",
      "2 subscriber wifi 0 20",
    ]);
  });

  it("has under access other what an ended session carried beside its paths, once", async () => {
    const ended = sessionOfPaths("a", 100, 10, { end, downloadBytes: 150, uploadBytes: 7 });
    await send(
      batch(1, minute(1), sessionOfPaths("a", 100, 10)),
      batch(2, minute(2), ended),
      batch(3, minute(3), ended),
    );
    expect(await minutes()).toEqual(["1 subscriber lte 0 100", "1 subscriber wifi 0 10", "2 subscriber other 7 40"]);
    expect(await getDatabase().session.findFirst()).toMatchObject({
      unattributedUploadBytes: 7n,
      unattributedDownloadBytes: 40n,
      ledgerFrom: minute(1),
      ledgerTo: minute(3),
    });
  });

  it("counts paths that the last report names no more", async () => {
    const last = sessionOfPaths("a", 0, 10, { end, downloadBytes: 110 });
    const [, wifi] = last.subflows;
    await send(
      batch(1, minute(1), sessionOfPaths("a", 100, 10)),
      batch(2, minute(2), { ...last, subflows: wifi === undefined ? [] : [wifi] }),
    );
    expect(await minutes()).toEqual(["1 subscriber lte 0 100", "1 subscriber wifi 0 10"]);
  });

  it("counts nothing twice where counters go back and grow again, and goes with what the node counted", async () => {
    const told = (sequence: number, lte: number, wifi: number, last?: SessionReport["end"]): TelemetryBatch =>
      telemetryBatch({
        epoch: `ledger-${round}`,
        sequence,
        at: minute(sequence),
        sessions: [sessionOfPaths("a", lte, wifi, { end: last ?? null })],
        lte: { downloadBytes: lte },
        wifi: { downloadBytes: wifi },
      });
    await send(told(1, 1000, 50), told(2, 900, 60), told(3, 1200, 60, { ...end, at: minute(3).toISOString() }));
    expect(await minutes()).toEqual([
      "1 subscriber lte 0 1000",
      "1 subscriber wifi 0 50",
      "2 subscriber wifi 0 10",
      "3 subscriber lte 0 200",
    ]);
    const { differences, areNodesCompared } = await reconcileUsage({ from: null, to: null });
    expect({ differences, areNodesCompared }).toEqual({ differences: [], areNodesCompared: true });
  });

  it("is the same however often reports come, and whatever was lost on the way", async () => {
    const steps = fc.array(fc.record({ lte: fc.nat(1_000_000), wifi: fc.nat(1_000_000) }), {
      minLength: 1,
      maxLength: 6,
    });
    const order = fc.array(fc.nat(5), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(steps, order, async (growth, sent) => {
        await forget();
        let [lte, wifi] = [0, 0];
        const batches = growth.map((step, index) => {
          lte += step.lte;
          wifi += step.wifi;
          return batch(index + 1, minute(index * 40), sessionOfPaths("a", lte, wifi));
        });
        for (const index of sent) await send(...batches.slice(index, index + 1));
        await rollUpUsage();
        await send(...batches.slice(-1), ...batches);
        const sum = [lte > 0 ? [`lte ${lte}`] : [], wifi > 0 ? [`wifi ${wifi}`] : []].flat();
        expect(await days()).toEqual(sum);
        await rollUpUsage();
        expect(await days()).toEqual(sum);
        expect(await getDatabase().usageLedgerStaleHour.count()).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("takes reports of several nodes at once", async () => {
    const nodes = ["proxy-2", "proxy-3", "proxy-4"];
    for (const id of nodes) await ensureLocalNode({ id, name: id, kind: "proxy" });
    const sessions = ["x", "y", "z"].map((subscriberId) => sessionOfPaths(subscriberId, 10, 0, { subscriberId }));
    await Promise.all(
      nodes.flatMap((id, n) =>
        [1, 2].map((sequence) =>
          recordTelemetry(
            { ...node, id },
            batch(sequence, minute(1), ...(n % 2 === 0 ? sessions : [...sessions].reverse())),
          ),
        ),
      ),
    );
    expect(await minutes()).toEqual(["1 x lte 0 30", "1 y lte 0 30", "1 z lte 0 30"]);
  });
});

describe("its roll-ups", () => {
  it("add up minutes to hours and days, again where something comes late", async () => {
    await send(batch(1, minute(1), sessionOfPaths("a", 100, 0)), batch(2, minute(61), sessionOfPaths("a", 130, 7)));
    await rollUpUsage();
    const { usageLedgerHour, usageLedgerDay } = getDatabase();
    const lte = { where: { access: "lte" as const }, orderBy: { downloadBytes: "asc" as const } };
    expect((await usageLedgerHour.findMany(lte)).map(({ downloadBytes }) => downloadBytes)).toEqual([30n, 100n]);
    expect(await usageLedgerDay.findMany(lte)).toMatchObject([{ downloadBytes: 130n }]);
    // Of another process, spooled and delivered late.
    await send({ ...batch(1, minute(2), sessionOfPaths("a", 5, 0)), epoch: `late-${round}` });
    expect(await days()).toEqual(["lte 135", "wifi 7"]);
    await rollUpUsage();
    expect(await usageLedgerDay.findMany(lte)).toMatchObject([{ downloadBytes: 135n }]);
  });

  it("are the same to who asks for one subscriber, at every moment", async () => {
    const use = async () => {
      const rows = await readSubscriberUsage(getDatabase(), "subscriber", minute(70));
      return rows.map(({ access, todayDown, monthDown }) => `${access} ${todayDown} ${monthDown}`).sort();
    };
    const before = new Date(zeroMs - dayMs);
    expect(await use()).toEqual([]);
    await send(batch(1, minute(1), sessionOfPaths("a", 100, 0)), batch(2, minute(61), sessionOfPaths("a", 130, 7)));
    expect(await use()).toEqual(["lte 130 130", "wifi 7 7"]);
    await rollUpUsage();
    expect(await use()).toEqual(["lte 130 130", "wifi 7 7"]);
    await send({ ...batch(1, minute(2), sessionOfPaths("a", 5, 0)), epoch: `late-${round}` });
    await send({ ...batch(2, before, sessionOfPaths("a", 6, 0)), epoch: `late-${round}` });
    const isSameMonth = before.getUTCMonth() === new Date(zeroMs).getUTCMonth();
    expect(await use()).toEqual([`lte 135 ${isSameMonth ? 136 : 135}`, "wifi 7 7"]);
    await rollUpUsage();
    expect(await use()).toEqual([`lte 135 ${isSameMonth ? 136 : 135}`, "wifi 7 7"]);
  });

  it("leave the hour that is on for later", async () => {
    await send(batch(1, new Date(), sessionOfPaths("a", 100, 0)));
    await rollUpUsage();
    expect(await getDatabase().usageLedgerHour.count()).toBe(0);
    expect(await days()).toEqual(["lte 100"]);
  });

  it("are the same by several portals at once, while reports come", async () => {
    await Promise.all([
      ...[1, 2, 3].map(() => rollUpUsage()),
      send(...[1, 2, 3, 4].map((n) => batch(n, minute(n * 20), sessionOfPaths("a", n * 100, 0)))),
      ...[1, 2, 3].map(() => rollUpUsage()),
    ]);
    await rollUpUsage();
    expect(await days()).toEqual(["lte 400"]);
    expect(await getDatabase().usageLedgerDay.findMany()).toMatchObject([{ downloadBytes: 400n }]);
  });
});

describe("its retention", () => {
  async function partitions(): Promise<number> {
    const [row] = await getDatabase().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_inherits WHERE inhparent = 'usage_ledger_minutes'::regclass`;
    return row?.count ?? 0;
  }

  it("makes partitions ahead, and once", async () => {
    await Promise.all([keepUsageLedger(), keepUsageLedger(), keepUsageLedger()]);
    const before = await partitions();
    expect(before).toBeGreaterThanOrEqual(4);
    await keepUsageLedger();
    expect(await partitions()).toBe(before);
  });

  it("books what is later than its minutes under the first ones that are kept", async () => {
    await send(batch(1, new Date(Date.now() - 100 * dayMs), sessionOfPaths("a", 100, 0)));
    const [row] = await getDatabase().usageLedgerMinute.findMany();
    expect(row?.minute).toEqual(new Date((Math.floor(Date.now() / dayMs) - 13) * dayMs));
  });

  it("drops a day's minutes once they are rolled up, and never before", async () => {
    await send(batch(1, minute(1), sessionOfPaths("a", 100, 0)));
    const later = new Date(zeroMs + dayMs);
    const name = `usage_ledger_minutes_${minute(1).toISOString().slice(0, 10).replaceAll("-", "")}`;
    expect(await dropUsageDays(later)).not.toContain(name);
    expect(await days()).toEqual(["lte 100"]);
    await rollUpUsage();
    expect(await dropUsageDays(later)).toContain(name);
    expect(await minutes()).toEqual([]);
    expect(await days()).toEqual(["lte 100"]);
  });
});

describe("a day that is dropped", () => {
  const before = new Date(zeroMs - 20 * dayMs);
  const name = usageDayTable(new Date(Math.floor(before.getTime() / dayMs) * dayMs));
  const later = new Date(before.getTime() + dayMs);
  const exists = async (): Promise<boolean> => {
    const [row] = await getDatabase().$queryRaw<{ isThere: boolean }[]>`
      SELECT to_regclass(${name}) IS NOT NULL AS "isThere"`;
    return row?.isThere === true;
  };

  it("holds up nobody while somebody else still reads the ledger", async () => {
    await ensureUsageDay(before);
    const reader = new Client({ connectionString: database.server.databaseUrl });
    await reader.connect();
    await reader.query("BEGIN; SELECT count(*) FROM usage_ledger_minutes");
    const dropping = dropUsageDays(later);
    await vi.waitFor(async () => {
      const { rows } = await reader.query("SELECT 1 FROM pg_inherits WHERE inhdetachpending");
      expect(rows).toHaveLength(1);
    }, 5000);
    await send(batch(1, minute(1), sessionOfPaths("a", 100, 0)));
    expect(await minutes()).toEqual(["1 subscriber lte 0 100"]);
    expect(await dropUsageDays(later)).toEqual([]);
    await reader.query("COMMIT");
    expect(await dropping).toEqual([name]);
    await reader.end();
    expect(await exists()).toBe(false);
  });

  it("goes also where a process ended half-way", async () => {
    await ensureUsageDay(before);
    await getDatabase().$executeRawUnsafe(`ALTER TABLE usage_ledger_minutes DETACH PARTITION ${name}`);
    expect(await dropUsageDays(later)).toEqual([name]);
    expect(await exists()).toBe(false);
  });
});

describe("the reconciliation", () => {
  const told = ({ differences }: Reconciled): string[] =>
    differences.map(({ what, expectedBytes, foundBytes }) => `${what}: ${expectedBytes} ${foundBytes}`);
  const all = { from: null, to: null };

  it("finds paths, sessions, nodes and ledger the same, also what no path shows", async () => {
    const ended = sessionOfPaths("a", 150, 30, { end, downloadBytes: 200, uploadBytes: 7 });
    const cut = sessionOfPaths("b", 40, 0, { end, downloadBytes: 35 });
    await send(
      batch(1, minute(1), sessionOfPaths("a", 100, 10)),
      telemetryBatch({
        epoch: `ledger-${round}`,
        sequence: 2,
        at: minute(62),
        sessions: [ended, cut],
        lte: { downloadBytes: 190 },
        wifi: { downloadBytes: 30 },
      }),
    );
    const found = await reconcileUsage(all);
    expect(told(found)).toEqual([]);
    expect(found).toMatchObject({
      sessions: { uploadBytes: 7n, downloadBytes: 235n },
      sessionPaths: { uploadBytes: 7n, downloadBytes: 240n },
      notPassedOn: { uploadBytes: 0n, downloadBytes: 5n },
      nodes: { downloadBytes: 220n },
      areNodesCompared: true,
      leftOut: 0,
    });
    expect(found.accesses.find(({ access }) => access === "other")).toMatchObject({
      unattributed: { uploadBytes: 7n, downloadBytes: 20n },
      ledger: { uploadBytes: 7n, downloadBytes: 20n },
    });
    await rollUpUsage();
    expect(told(await reconcileUsage(all))).toEqual([]);
  });

  it("names each difference", async () => {
    await send(batch(1, minute(1), sessionOfPaths("a", 100, 10, { end })));
    await getDatabase().$executeRaw`UPDATE usage_ledger_minutes SET download_bytes = 99 WHERE access = 'lte'`;
    await getDatabase().$executeRaw`UPDATE sessions SET upload_bytes = 3`;
    const { id } = await getDatabase().session.findFirstOrThrow();
    expect(told(await reconcileUsage(all))).toEqual([
      "ledger of subscriber subscriber, lte, download: 100 99",
      `paths of session ${id}, upload: 3 0`,
      "ledger of all, download: 0 109",
    ]);
  });

  it("takes the days that are asked for, and leaves out who has a session across their edge", async () => {
    const before = new Date(zeroMs - dayMs);
    await send(
      batch(1, before, sessionOfPaths("a", 100, 0), sessionOfPaths("b", 5, 0, { subscriberId: "another", end })),
      batch(2, minute(1), sessionOfPaths("a", 150, 0), sessionOfPaths("c", 7, 0, { subscriberId: "third" })),
    );
    const from = new Date(Math.floor(zeroMs / dayMs) * dayMs);
    const found = await reconcileUsage({ from, to: from });
    expect(told(found)).toEqual([]);
    expect(found).toMatchObject({ leftOut: 1, areNodesCompared: false, unfinished: { downloadBytes: 7n } });
    expect(found.accesses.map(({ ledger }) => ledger.downloadBytes)).toEqual([7n, 0n, 0n]);
    const both = await reconcileUsage(all);
    expect(told(both)).toEqual([]);
    expect(both.accesses.map(({ ledger }) => ledger.downloadBytes)).toEqual([162n, 0n, 0n]);
  });
});
