import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { runMigrations } from "@/lib/db/migrate";
import { projectRoot } from "@/lib/shared/project-root";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";

let database: TestDatabase;
let folder: string;

async function query(text: string, url = database.server.databaseUrl): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "twinpath-migrations-"));
  await cp(join(projectRoot(), "prisma/migrations"), folder, { recursive: true });
});

afterAll(async () => {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("migrations", () => {
  it("are applied once, also by starts at the same time", async () => {
    const again = await Promise.all([1, 2, 3].map(() => runMigrations(database.server.databaseUrl)));
    expect(again).toEqual([[], [], []]);
    const rows = await query("SELECT * FROM _prisma_migrations");
    const folders = await readdir(join(projectRoot(), "prisma", "migrations"), { withFileTypes: true });
    expect(rows).toHaveLength(folders.filter((entry) => entry.isDirectory()).length);
    for (const row of rows) expect(row).toMatchObject({ applied_steps_count: 1, rolled_back_at: null });
  });

  it("that fail leave nothing behind", async () => {
    const bad = join(folder, "20990101000000_bad");
    await cp(join(folder, "20261122000000_init"), bad, { recursive: true });
    await writeFile(join(bad, "migration.sql"), "CREATE TABLE half (id int); SELECT nonsense;");
    const failure = runMigrations(database.server.databaseUrl, folder);
    await expect(failure).rejects.toMatchObject({ code: "DB_MIGRATION_FAILED" });
    expect(await query("SELECT to_regclass('half') AS found")).toEqual([{ found: null }]);
    await rm(bad, { recursive: true });
  });

  it("that were edited after they were applied are refused", async () => {
    await writeFile(join(folder, "20261122000000_init/migration.sql"), "SELECT 1;");
    const failure = runMigrations(database.server.databaseUrl, folder);
    await expect(failure).rejects.toMatchObject({ code: "DB_MIGRATION_CHANGED" });
  });
});

describe("the embedded server", () => {
  it("keeps its password to its owner and listens on this machine only", async () => {
    expect((await stat(join(database.dataDir, "postgres-password"))).mode & 0o777).toBe(0o600);
    expect(await query("SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const wrong = database.server.databaseUrl.replace(/:[^:@]+@/, ":wrong@");
    await expect(query("SELECT 1", wrong)).rejects.toThrow(/password/);
  });

  it("refuses a folder that another program uses", async () => {
    const second = startEmbeddedPostgres({ dataDir: database.dataDir });
    await expect(second).rejects.toMatchObject({ code: "POSTGRES_BUSY" });
    expect(await query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("starts again after a kill, with what was committed", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "twinpath-killed-"));
    const first = await startEmbeddedPostgres({ dataDir });
    await query("CREATE TABLE kept AS SELECT 42 AS n", first.databaseUrl);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const second = await startEmbeddedPostgres({ dataDir });
    try {
      expect(await query("SELECT n FROM kept", second.databaseUrl)).toEqual([{ n: 42 }]);
    } finally {
      await second.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it("does not take another process for its own because of a pid file", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "twinpath-pid-"));
    const other = spawn("sleep", ["30"]);
    const first = await startEmbeddedPostgres({ dataDir });
    await first.stop();
    await writeFile(join(dataDir, "postgres/postmaster.pid"), `${other.pid}\n`);
    const second = await startEmbeddedPostgres({ dataDir });
    await second.stop();
    expect(other.exitCode).toBeNull();
    other.kill();
    await rm(dataDir, { recursive: true, force: true });
  });
});
