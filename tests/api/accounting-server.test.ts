import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { SessionReport } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { setEnv } from "@/lib/shared/env";
import { lackingAbilities, requireAbility } from "@/tests/factories/ability";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { freePort } from "@/tests/factories/free-port";
import { type DetailRecord, FreeRadius } from "@/tests/factories/freeradius";
import { type PortalProcess, startPortalProcess } from "@/tests/factories/portal-process";
import { sessionReport, telemetryBatch } from "@/tests/factories/telemetry";

const secret = "a secret of the tests, shared";
const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Noon of yesterday: sessions of a day that is over end at once. */
const noonMs = Math.floor(Date.now() / dayMs - 1) * dayMs + dayMs / 2;
const isLacking = lackingAbilities(["freeradius"]).length > 0;
/** A portal looks for another server after 14 s of silence. */
const timeoutMs = 120_000;

let database: TestDatabase;
let [first, second]: FreeRadius[] = [];
let node: { authorization: string };
let subscriberId: string;
let sequence = 0;
const portals: PortalProcess[] = [];

beforeAll(async () => {
  if (isLacking) return;
  database = await startTestDatabase();
  [first, second] = [
    await FreeRadius.prepare(await freePort(), secret),
    await FreeRadius.prepare(await freePort(), secret),
  ];
  setEnv("TWINPATH_RADIUS_SERVERS", [first, second].map(({ port }) => `127.0.0.1:${port}`).join(", "));
  setEnv("TWINPATH_RADIUS_SECRET", secret);
  const { credential } = await ensureLocalNode({ id: "proxy-1", name: "Proxy", kind: "proxy" });
  node = { authorization: `Bearer ${credential}` };
  ({ id: subscriberId } = await getDatabase().subscriber.create({
    data: {
      id: "0f6f4b0e-3f1c-4d8a-9c1e-0a2b4c6d8e10",
      msisdn: "821012345678",
      state: "active",
      serviceClassId: "gold",
    },
  }));
});
afterAll(async () => {
  for (const portal of portals) await portal.kill();
  await first?.remove();
  await second?.remove();
  await database?.stop();
});

async function startPortal(): Promise<PortalProcess> {
  const portal = await startPortalProcess();
  portals.push(portal);
  return portal;
}

/** A session of the subscriber, or of somebody unknown, whose paths carried so much. */
function session(id: string, lteDown: number, wifiUp: number, changes: Partial<SessionReport> = {}): SessionReport {
  const base = sessionReport(id, { subscriberId, ...changes });
  const [lte, wifi] = base.subflows;
  if (lte === undefined || wifi === undefined) throw new Error("two paths");
  const subflows = [
    { ...lte, uploadBytes: 3, downloadBytes: lteDown },
    { ...wifi, uploadBytes: wifiUp, downloadBytes: 5 },
  ];
  return { ...base, subflows };
}

async function report(portal: PortalProcess, atMs: number, ...sessions: SessionReport[]): Promise<void> {
  sequence += 1;
  const batch = telemetryBatch({ epoch: "accounting", sequence, at: new Date(atMs), sessions });
  const answer = await fetch(`${portal.url}/api/nodes/telemetry`, {
    method: "POST",
    headers: { ...node, "content-type": "application/json" },
    body: JSON.stringify(batch),
  });
  expect(answer.status).toBe(200);
}

const records = (): DetailRecord[] => [...(first?.records() ?? []), ...(second?.records() ?? [])];
const octets = (record: DetailRecord, way: "Input" | "Output"): bigint =>
  BigInt(record[`Acct-${way}-Octets`] ?? 0) + BigInt(record[`Acct-${way}-Gigawords`] ?? 0) * 2n ** 32n;

/** What a billing system makes of the records: of each session the greatest counters, by user and access. */
function billed(): string[] {
  const sessions = new Map<string, { key: string; up: bigint; down: bigint }>();
  for (const record of records()) {
    const id = record["Acct-Session-Id"] ?? "";
    const known = sessions.get(id) ?? { key: `${record["User-Name"]} ${record["NAS-Port-Id"]}`, up: 0n, down: 0n };
    const [up, down] = [octets(record, "Input"), octets(record, "Output")];
    sessions.set(id, { ...known, up: up > known.up ? up : known.up, down: down > known.down ? down : known.down });
  }
  const sums = new Map<string, { up: bigint; down: bigint }>();
  for (const { key, up, down } of sessions.values()) {
    const sum = sums.get(key) ?? { up: 0n, down: 0n };
    sums.set(key, { up: sum.up + up, down: sum.down + down });
  }
  return [...sums].map(([key, { up, down }]) => `${key} ${up} ${down}`).sort();
}

async function ledger(): Promise<string[]> {
  const rows = await getDatabase().$queryRaw<{ line: string }[]>`
    SELECT concat_ws(' ', subscriber_id, access, sum(upload_bytes), sum(download_bytes)) AS line
    FROM usage_by_day GROUP BY subscriber_id, access`;
  return rows.map(({ line }) => line).sort();
}

/** Once nothing is due any more, what was billed is the ledger to the byte. */
async function expectAllBilled(): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await getDatabase().accountingSession.count({ where: { endedAt: { not: null } } })).toBe(0);
      expect(billed()).toEqual(await ledger());
    },
    { timeout: timeoutMs, interval: 200 },
  );
}

describe("FreeRADIUS", () => {
  it("has what the ledger has, by subscriber and access", { timeout: timeoutMs }, async (context) => {
    requireAbility(context, "freeradius");
    await first?.start();
    const portal = await startPortal();
    await vi.waitFor(async () => expect(await getDatabase().accountingCursor.count()).toBe(1), 15_000);
    // More than a counter of 32 bits holds.
    await report(portal, noonMs, session("a", 5_000_000_000, 10), session("b", 7, 0, { subscriberId: "unknown" }));
    await expectAllBilled();
    const taken = records().filter((record) => record["NAS-Port-Id"] === "lte" && record["User-Name"] === subscriberId);
    expect(taken.map((record) => record["Acct-Status-Type"])).toEqual(["Start", "Stop"]);
    expect(taken[1]).toMatchObject({
      "Acct-Multi-Session-Id": `${new Date(noonMs).toISOString().slice(0, 10)} ${subscriberId}`,
      "Calling-Station-Id": "821012345678",
      "NAS-Identifier": "twinpath",
      "NAS-Port-Type": "Wireless-Other",
      "Acct-Output-Octets": String(5_000_000_000 % 2 ** 32),
      "Acct-Output-Gigawords": "1",
      "Acct-Session-Time": String(31 * 60),
      "Acct-Terminate-Cause": "Idle-Timeout",
    });
    expect(new Set(taken.map((record) => record["Acct-Session-Id"])).size).toBe(1);
    const wifi = records().find((record) => record["NAS-Port-Id"] === "wifi");
    expect(wifi?.["NAS-Port-Type"]).toBe("Wireless-802.11");
    await portal.kill();
  });

  it("has it also where it was away, portals died, and another server took over", {
    timeout: 2 * timeoutMs,
  }, async (context) => {
    requireAbility(context, "freeradius");
    await first?.stop();
    const portal = await startPortal();
    await report(portal, noonMs + minuteMs, session("a", 5_000_000_100, 20));
    // Nobody answers: it is kept, and the portal dies while it tries.
    await vi.waitFor(async () => expect(await getDatabase().accountingSession.count()).toBeGreaterThan(0), 15_000);
    await portal.kill();
    await second?.start();
    const another = await startPortal();
    await report(another, noonMs + 2 * minuteMs, session("a", 5_000_000_123, 20), session("c", 50, 0));
    await expectAllBilled();
    expect(second?.records().length).toBeGreaterThan(0);
    await another.kill();
  });
});
