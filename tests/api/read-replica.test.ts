import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as history } from "@/app/api/history/route";
import { GET as usage } from "@/app/api/usage/export/route";
import { historySchema } from "@/lib/contracts/history";
import { getDatabase } from "@/lib/db/client";
import type { EmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { closeReplica } from "@/lib/db/read-replica";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { setEnv } from "@/lib/shared/env";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";
import { startStandby } from "@/tests/factories/standby";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
const day = new Date(startMs).toISOString().slice(0, 10);

let database: TestDatabase;
let standby: EmbeddedPostgres;
let onStandby: Client;
let headers: { cookie: string };

async function use(atMinute: number, downloadBytes: bigint): Promise<void> {
  const minute = new Date(startMs + atMinute * minuteMs);
  const row = { minute, nodeId: "proxy-1", access: "lte", uploadBytes: 0n, downloadBytes } as const;
  await getDatabase().usageMinute.createMany({ data: [row], skipDuplicates: true });
}

async function totalBytes(): Promise<number> {
  const query = new URLSearchParams({
    from: new Date(startMs).toISOString(),
    to: new Date(startMs + hourMs).toISOString(),
    by: "access",
  });
  const answer = await callRoute(history, { query: query.toString(), headers });
  return historySchema.parse(await answer.json()).total.totalBytes;
}

beforeAll(async () => {
  database = await startTestDatabase();
  headers = { cookie: (await signedIn("admin")).cookie };
  await ensureLocalNode({ id: "proxy-1", name: "Proxy one", kind: "proxy" });
  await use(0, 1000n);
  standby = await startStandby(database);
  onStandby = new Client({ connectionString: standby.databaseUrl });
  await onStandby.connect();
  setEnv("TWINPATH_REPLICA_URL", standby.databaseUrl);
});
afterAll(async () => {
  setEnv("TWINPATH_REPLICA_URL", "");
  setEnv("TWINPATH_REPLICA_LAG_SECONDS", "");
  await onStandby.end().catch(() => undefined);
  await closeReplica();
  await standby.stop();
  await database.stop();
});

describe("a replica for reads", () => {
  it("answers history, with what the primary was told a moment ago", async () => {
    await use(1, 2000n);
    await expect.poll(totalBytes, { timeout: 5000 }).toBe(3000);
  });

  it("gives the ledger's export, which the primary keeps in its audit log", async () => {
    await getDatabase()
      .$executeRaw`INSERT INTO usage_ledger_days VALUES ('nobody-any-more', ${day}::date, 'lte', 1, 2)`;
    const file = async () => (await callRoute(usage, { query: `from=${day}&to=${day}`, headers })).text();
    await expect.poll(file, { timeout: 5000 }).toContain(`${day},,nobody-any-more,lte,1,2`);
    expect(await getDatabase().auditEntry.count({ where: { action: "usage.export" } })).toBeGreaterThan(0);
  });

  it("is read while it is behind by no more than it may be, then the primary is", async () => {
    await onStandby.query("SELECT pg_wal_replay_pause()");
    await use(2, 4000n);
    expect(await totalBytes(), "by the replica").toBe(3000);
    await new Promise((done) => setTimeout(done, 1500));
    setEnv("TWINPATH_REPLICA_LAG_SECONDS", "1");
    await closeReplica();
    expect(await totalBytes(), "by the primary").toBe(7000);
    await onStandby.query("SELECT pg_wal_replay_resume()");
    await closeReplica();
    await expect.poll(totalBytes, { timeout: 5000 }).toBe(7000);
  });

  it("that is gone costs a slower answer, and nothing else", async () => {
    await onStandby.end();
    await standby.stop();
    await use(3, 8000n);
    expect(await totalBytes()).toBe(15_000);
    await closeReplica();
    expect(await totalBytes()).toBe(15_000);
  });
});
