import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getDatabase } from "@/lib/db/client";
import { attributeType } from "@/lib/radius/accounting-record";
import { AccountingServers } from "@/lib/radius/accounting-servers";
import { decodeRadiusPacket } from "@/lib/radius/radius-packet";
import { readAccountingSettings } from "@/lib/services/accounting-settings";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { foldAccounting } from "@/lib/services/fold-accounting";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { rollUpUsage } from "@/lib/services/roll-up-usage";
import { sendAccounting } from "@/lib/services/send-accounting";
import { setEnv } from "@/lib/shared/env";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { carriedSession, ledgerLines } from "@/tests/factories/ledger-reports";
import { type RadiusResponder, responseTo, startResponder } from "@/tests/factories/radius-responder";
import { telemetryBatch } from "@/tests/factories/telemetry";

const dayMs = 86_400_000;
const secret = "a secret of the tests";
const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
/** Noon of three days ago, so that what is reported is neither to come nor too late. */
const zeroMs = Math.floor(Date.now() / dayMs - 3) * dayMs + dayMs / 2;
const minute = (n: number): Date => new Date(zeroMs + n * 60_000);
/** So late that the minutes before this one are settled. */
const settled = (n: number): Date => minute(n + 1);
let database: TestDatabase;
let round = 0;
let sequence = 0;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(forget);

async function forget(): Promise<void> {
  round += 1;
  sequence = 0;
  await getDatabase().node.deleteMany();
  await getDatabase().$executeRaw`
    WITH m AS (DELETE FROM usage_ledger_minutes), h AS (DELETE FROM usage_ledger_hours),
      d AS (DELETE FROM usage_ledger_days), s AS (DELETE FROM usage_ledger_stale_hours),
      c AS (DELETE FROM accounting_cursor), l AS (DELETE FROM accounting_late)
    DELETE FROM accounting_sessions`;
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
  await foldAccounting(minute(0));
}

async function report(at: Date, ...sessions: Parameters<typeof carriedSession>[]): Promise<void> {
  sequence += 1;
  const carried = sessions.map((session) => carriedSession(...session));
  await recordTelemetry(node, telemetryBatch({ epoch: `accounting-${round}`, sequence, at, sessions: carried }));
}

/** `first-last access up down cause`, minutes since noon, one line a session. */
async function sessions(): Promise<string[]> {
  const rows = await getDatabase().accountingSession.findMany({ orderBy: [{ fromMinute: "asc" }, { access: "asc" }] });
  const since = (at: Date): number => (at.getTime() - zeroMs) / 60_000;
  return rows.map(
    ({ fromMinute, toMinute, access, uploadBytes, downloadBytes, endCause }) =>
      `${since(fromMinute)}-${since(toMinute)} ${access} ${uploadBytes} ${downloadBytes} ${endCause}`,
  );
}

async function sessionLines(): Promise<string[]> {
  const rows = await getDatabase().$queryRaw<{ line: string }[]>`
    SELECT concat_ws(' ', day, subscriber_id, access, sum(upload_bytes), sum(download_bytes)) AS line
    FROM accounting_sessions GROUP BY day, subscriber_id, access ORDER BY 1`;
  return rows.map(({ line }) => line);
}

describe("accounting sessions", () => {
  it("have settled minutes, by access, and end when they are idle", async () => {
    await report(minute(1), ["a", { lteDown: 100, wifiUp: 7 }]);
    await report(minute(2), ["a", { lteDown: 150, wifiUp: 7 }]);
    await foldAccounting(settled(2));
    expect(await sessions()).toEqual(["1-1 lte 0 100 null", "1-1 wifi 7 0 null"]);
    await foldAccounting(settled(3));
    expect(await sessions()).toEqual(["1-2 lte 0 150 null", "1-1 wifi 7 0 null"]);
    await foldAccounting(settled(32));
    expect(await sessions()).toEqual(["1-2 lte 0 150 null", "1-1 wifi 7 0 idle-timeout"]);
    await foldAccounting(settled(33));
    await report(minute(40), ["a", { lteDown: 151, wifiUp: 8 }]);
    await foldAccounting(settled(41));
    expect(await sessions()).toEqual([
      "1-2 lte 0 150 idle-timeout",
      "1-1 wifi 7 0 idle-timeout",
      "40-40 lte 0 1 null",
      "40-40 wifi 1 0 null",
    ]);
  });

  it("end with their day", async () => {
    const last = 12 * 60 - 1;
    await report(minute(last), ["a", { lteDown: 100 }]);
    await report(minute(last + 1), ["a", { lteDown: 130 }]);
    await foldAccounting(settled(last + 2));
    expect(await sessions()).toEqual([
      `${last}-${last} lte 0 100 session-timeout`,
      `${last + 1}-${last + 1} lte 0 30 null`,
    ]);
    const ended = await getDatabase().accountingSession.findFirst({ where: { endedAt: { not: null } } });
    expect(ended?.endedAt).toEqual(minute(last + 1));
  });

  it("take what is late, also for a minute from before the first one", async () => {
    await report(minute(1), ["a", { lteDown: 100 }]);
    await foldAccounting(settled(10));
    await report(minute(2), ["a", { lteDown: 110 }]);
    await report(minute(-60), ["a", { lteDown: 111 }]);
    await foldAccounting(settled(10));
    expect(await sessions()).toEqual(["-60-2 lte 0 111 null"]);
    expect(await getDatabase().accountingLate.count()).toBe(0);
  });

  it("add up to the ledger by day, whatever is late and however they are made", async () => {
    const step = fc.record({
      atMinute: fc.integer({ min: -300, max: 800 }),
      lteDown: fc.nat(1_000_000),
      wifiUp: fc.nat(1_000_000),
      foldTo: fc.option(fc.integer({ min: 0, max: 800 })),
      doesRollUp: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await forget();
        let [lteDown, wifiUp] = [0, 0];
        for (const { atMinute, foldTo, doesRollUp, ...growth } of steps) {
          lteDown += growth.lteDown;
          wifiUp += growth.wifiUp;
          await report(minute(atMinute), ["a", { lteDown, wifiUp }], ["b", { lteDown }, { subscriberId: "another" }]);
          if (foldTo !== null) await foldAccounting(settled(foldTo));
          if (doesRollUp) await rollUpUsage();
        }
        await foldAccounting(settled(900));
        expect(await sessionLines()).toEqual(await ledgerLines());
      }),
      { numRuns: 10 },
    );
  }, 180_000);

  it("add up to the ledger where several portals book and make them at once", async () => {
    const nodes = ["proxy-2", "proxy-3"];
    for (const id of nodes) await ensureLocalNode({ id, name: id, kind: "proxy" });
    const tell = async (id: string): Promise<void> => {
      for (let n = 1; n <= 15; n += 1) {
        const carried = [carriedSession(id, { lteDown: n * 100, wifiUp: n })];
        const batch = telemetryBatch({ epoch: `at-once-${round}`, sequence: n, at: minute(n), sessions: carried });
        await recordTelemetry({ ...node, id }, batch);
      }
    };
    const folded = async (): Promise<void> => {
      for (let n = 0; n <= 20; n += 1) await foldAccounting(settled(n));
    };
    await Promise.all([...nodes.map(tell), folded(), folded()]);
    await foldAccounting(settled(20));
    expect(await sessionLines()).toEqual(await ledgerLines());
    expect((await ledgerLines())[0]).toMatch(/ lte 0 3000$/);
  });
});

describe("what is sent of them", () => {
  const open: { stop: () => void }[] = [];
  const settings = { servers: [], secret, nasIdentifier: "twinpath", interimMs: 600_000 };
  const names = ["", "start", "stop", "interim"];

  async function responder(answer: Parameters<typeof startResponder>[0]): Promise<RadiusResponder> {
    const started = await startResponder(answer);
    open.push(started);
    return started;
  }
  afterAll(() => {
    for (const one of open) one.stop();
  });
  async function cutSender(): Promise<void> {
    await getDatabase().$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7410022`;
  }
  const answers = (request: Buffer): Buffer => responseTo(request, secret);
  const send = (server: RadiusResponder, now: Date, firstWaitMs = 10_000): Promise<void> => {
    const times = { firstWaitMs, tries: 1 };
    const servers = new AccountingServers([{ host: "127.0.0.1", port: server.port }], secret, times);
    return sendAccounting(servers, settings, now);
  };
  const read = (request: Buffer, type: number): Buffer =>
    decodeRadiusPacket(request)?.attributes.find((one) => one.type === type)?.value ?? Buffer.alloc(4);
  const told = (request: Buffer): string =>
    `${names[read(request, attributeType.acctStatusType).readUInt32BE()]} ${read(request, attributeType.acctOutputOctets).readUInt32BE()}`;
  const idOf = (request: Buffer): string => read(request, attributeType.acctSessionId).toString();

  it("is a start, interims by their interval, and an end, after which the session is gone", async () => {
    const server = await responder(answers);
    await report(minute(1), ["a", { lteDown: 100 }]);
    await foldAccounting(settled(2));
    await send(server, settled(2));
    await send(server, settled(3));
    expect(server.requests.map(told)).toEqual(["start 0"]);
    await report(minute(5), ["a", { lteDown: 150 }]);
    await foldAccounting(settled(12));
    await send(server, settled(12));
    await send(server, settled(13));
    expect(server.requests.map(told)).toEqual(["start 0", "interim 150"]);
    await foldAccounting(settled(40));
    await send(server, settled(40));
    expect(server.requests.map(told)).toEqual(["start 0", "interim 150", "stop 150"]);
    expect(new Set(server.requests.map(idOf)).size).toBe(1);
    expect(await sessions()).toEqual([]);
  });

  it("stays due while the server is silent", async () => {
    const server = await responder(() => null);
    await report(minute(1), ["a", { lteDown: 100 }]);
    await foldAccounting(settled(60));
    await expect(send(server, settled(60), 50)).rejects.toMatchObject({ code: "RADIUS_SILENT" });
    const back = await responder(answers);
    await send(back, settled(61));
    expect(back.requests.map(told)).toEqual(["start 0", "stop 100"]);
  });

  it("is not held up by a record that the server does not take", async () => {
    const server = await responder((request) =>
      read(request, attributeType.userName).toString() === "odd" ? null : answers(request),
    );
    await report(minute(1), ["a", { lteDown: 1 }, { subscriberId: "odd" }], ["b", { lteDown: 2 }]);
    await foldAccounting(settled(60));
    await send(server, settled(60), 1000);
    expect(await sessions()).toEqual(["1-1 lte 0 1 idle-timeout"]);
    const back = await responder(answers);
    await send(back, settled(60));
    expect(back.requests).toEqual([]);
    await send(back, settled(62));
    expect(back.requests.map(told)).toEqual(["start 0", "stop 1"]);
  });

  it("is sent again, the same, where a portal ended before it could note that it was taken", async () => {
    // The connection of the sender is lost before the server answers.
    const server = await responder(async (request, nth) => {
      if (nth === 1) await cutSender();
      return answers(request);
    });
    await report(minute(1), ["a", { lteDown: 100 }]);
    await foldAccounting(settled(60));
    await expect(send(server, settled(60))).rejects.toThrow();
    expect(server.requests.map(told)).toEqual(["start 0"]);
    await send(server, settled(60));
    expect(server.requests.map(told)).toEqual(["start 0", "start 0", "stop 100"]);
    expect(new Set(server.requests.map(idOf)).size).toBe(1);
  });

  it("is sent by one portal at a time", async () => {
    const server = await responder(answers);
    const many = Array.from(
      { length: 200 },
      (_, n): Parameters<typeof carriedSession> => [String(n), { lteDown: 1 }, { subscriberId: `subscriber-${n}` }],
    );
    await report(minute(1), ...many);
    await foldAccounting(settled(60));
    await Promise.all([1, 2, 3].map(() => send(server, settled(60))));
    await send(server, settled(60));
    expect(server.requests).toHaveLength(400);
    expect(await sessions()).toEqual([]);
  });
});

describe("the settings", () => {
  it("are none where no server is named", () => {
    setEnv("TWINPATH_RADIUS_SERVERS", "");
    expect(readAccountingSettings()).toBeNull();
  });

  it("name servers, with the port of RADIUS accounting where none is said", () => {
    setEnv("TWINPATH_RADIUS_SERVERS", "radius.example, 192.0.2.1:1646, [2001:db8::1]:1813, [2001:db8::2]");
    expect(readAccountingSettings).toThrow("TWINPATH_RADIUS_SECRET");
    setEnv("TWINPATH_RADIUS_SECRET", secret);
    expect(readAccountingSettings()).toMatchObject({
      servers: [
        { host: "radius.example", port: 1813 },
        { host: "192.0.2.1", port: 1646 },
        { host: "2001:db8::1", port: 1813 },
        { host: "2001:db8::2", port: 1813 },
      ],
      nasIdentifier: "twinpath",
      interimMs: 600_000,
    });
  });

  it.each(["a b", "host:0", "host:70000", "http://host", ","])("refuse %s", (text) => {
    setEnv("TWINPATH_RADIUS_SERVERS", text);
    expect(readAccountingSettings).toThrow("TWINPATH_RADIUS_SERVERS");
  });
});
