import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { projectRoot } from "@/lib/shared/project-root";
import { ownClient } from "./own-client";

/** The advisory lock that Prisma's own migrate command takes, so that the two never run at once. */
const prismaMigrateLock = 72_707_369;

const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

type Migration = { name: string; sql: string; checksum: string };

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function readApplied(client: Client): Promise<Map<string, string>> {
  await client.query(migrationsTable);
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    `SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function applyMigration(client: Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    const startedAt = new Date();
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, $4, 1)`,
      [randomUUID(), migration.checksum, migration.name, startedAt],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new AppError(
      "DB_MIGRATION_FAILED",
      `Migration ${migration.name} failed and was undone: ${errorMessage(error)}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Bring the database to the newest schema: every migration once, each in its own transaction, under a lock that
 * makes concurrent starts wait for each other.
 *
 * @returns names of the migrations that were applied now
 * Errors: DB_MIGRATION_FAILED; DB_MIGRATION_CHANGED where an applied migration's file was edited since.
 */
export async function runMigrations(
  databaseUrl: string,
  folder = join(projectRoot(), "prisma", "migrations"),
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = ownClient({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [prismaMigrateLock]);
    const applied = await readApplied(client);
    for (const { name, checksum } of migrations) {
      if ((applied.get(name) ?? checksum) !== checksum)
        throw new AppError(
          "DB_MIGRATION_CHANGED",
          `Migration ${name} was applied with other contents than its file has now: restore the file, add a new migration.`,
        );
    }
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) await applyMigration(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
