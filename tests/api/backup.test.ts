import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runBackup, runRestore } from "@/lib/cli/run-backup";
import { appendAudit } from "@/lib/db/audit-chain";
import { closeDatabase, getDatabase } from "@/lib/db/client";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { runMigrations } from "@/lib/db/migrate";
import { ensureUsageDay } from "@/lib/services/usage-partitions";
import { setEnv } from "@/lib/shared/env";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { signedInWithPassword } from "@/tests/factories/staff-desk";

let database: TestDatabase;
let other: EmbeddedPostgres;
let folder: string;
let file: string;

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table as text. */
async function contentsOf(url: string): Promise<Record<string, string[]>> {
  const tables = await query(
    url,
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
  );
  const contents: Record<string, string[]> = {};
  for (const name of tables.map((row) => String(row["name"])).filter((one) => one !== "_prisma_migrations")) {
    const rows = await query(url, `SELECT to_jsonb(t)::text AS row FROM "${name}" t ORDER BY 1`);
    contents[name] = rows.map(({ row }) => String(row));
  }
  return contents;
}

/** An empty database of the same schema, used from now on. */
async function emptyTarget(): Promise<string> {
  await closeDatabase();
  await query(other.databaseUrl, "DROP SCHEMA public CASCADE");
  await query(other.databaseUrl, "CREATE SCHEMA public");
  setEnv("DATABASE_URL", other.databaseUrl);
  return other.databaseUrl;
}

const options = () => ({ dataDir: database.dataDir });
const restore = (path = file) => runRestore(path, options());

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "twinpath-backup-"));
  file = join(folder, "backup.gz");
  other = await startEmbeddedPostgres({ dataDir: join(folder, "other") });
  const { staffId } = await signedInWithPassword("admin");
  for (let n = 0; n < 1200; n += 1)
    await getDatabase().signInAttempt.create({ data: { accountHash: `h${n}`, source: "\u2028 \t \\n 한국" } });
  await getDatabase().subscriberMonth.create({
    data: { subscriberId: staffId, month: new Date("2026-11-01"), lteBytes: 9_007_199_254_740_993n },
  });
  const minute = new Date("2026-11-02T10:31:00Z");
  await ensureUsageDay(minute);
  await getDatabase().$executeRaw`INSERT INTO usage_ledger_minutes VALUES (${staffId}, ${minute}, 'lte', 1, 2)`;
  await getDatabase().$executeRaw`UPDATE alert_rules SET threshold = 12.5 WHERE kind = 'lte-share'`;
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, {
      actor: "system",
      action: "test",
      target: "x",
      after: { text: 'line\nline "2"', n: 1.5 },
    }),
  );
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await runBackup(file, options());
  vi.restoreAllMocks();
});
afterAll(async () => {
  await closeDatabase();
  await other.stop();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a backup", () => {
  it("is its owner's only, and replaces no file", async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    setEnv("DATABASE_URL", database.server.databaseUrl);
    await expect(runBackup(file, options())).rejects.toMatchObject({ code: "CLI_FILE_EXISTS" });
  });

  it("comes back row by row as it was, with its audit chain", async () => {
    const url = await emptyTarget();
    await restore();
    expect(await contentsOf(url)).toEqual(await contentsOf(database.server.databaseUrl));
    const { id } = await getDatabase().signInAttempt.create({ data: { accountHash: "new", source: "new" } });
    expect(id).toBe(1201n);
    await expect(getDatabase().auditEntry.deleteMany(), "triggers act again").rejects.toThrow();
  });

  it("goes only into an empty database", async () => {
    await emptyTarget();
    await restore();
    await expect(restore()).rejects.toMatchObject({ code: "BACKUP_NOT_EMPTY" });
  });

  it("that is cut off or changed is refused, and nothing stays", async () => {
    const url = await emptyTarget();
    await runMigrations(url);
    const asMade = await contentsOf(url);
    const text = gunzipSync(await readFile(file)).toString("utf8");
    const lines = text.split("\n");
    const broken: Record<string, Buffer> = {
      "end.gz": gzipSync(`${lines.slice(0, -2).join("\n")}\n`),
      "row.gz": gzipSync(lines.filter((_, index) => index !== 5).join("\n")),
      "value.gz": gzipSync(text.replace('"action": "test"', '"action": "toast"')),
      "half.gz": (await readFile(file)).subarray(0, 2000),
      "text.gz": gzipSync("something else\n"),
    };
    for (const [name, bytes] of Object.entries(broken)) {
      await writeFile(join(folder, name), bytes);
      const failure = restore(join(folder, name));
      await expect(failure, name).rejects.toMatchObject({
        code: expect.stringMatching(/^BACKUP_(NOT_WHOLE|REFUSED)$/),
      });
    }
    expect(await contentsOf(url)).toEqual(asMade);
  });

  it("of another schema says which version it takes", async () => {
    await emptyTarget();
    const text = gunzipSync(await readFile(file)).toString("utf8");
    await writeFile(join(folder, "newer.gz"), gzipSync(text.replace('"20261122000000_init",', "")));
    await expect(restore(join(folder, "newer.gz"))).rejects.toMatchObject({ code: "BACKUP_OTHER_VERSION" });
  });
});
