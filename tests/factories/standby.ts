import { appendFile, copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import type { TestDatabase } from "./database";

/**
 * A streaming standby of a running test database, from a base backup by PostgreSQL's low-level calls.
 *
 * Source: PostgreSQL documentation, 25.3.3 (base backup) and 26.2 (standby).
 */
export async function startStandby({ dataDir, server }: TestDatabase): Promise<EmbeddedPostgres> {
  const folder = join(dataDir, "standby");
  const data = join(folder, "postgres");
  await mkdir(folder, { mode: 0o700 });
  await copyFile(join(dataDir, "postgres-password"), join(folder, "postgres-password"));
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', true)");
    await cp(join(dataDir, "postgres"), data, {
      recursive: true,
      filter: (path) => !/postmaster\.(pid|opts)$/.test(path),
    });
    const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
    await writeFile(join(data, "backup_label"), rows[0]?.labelfile ?? "");
  } finally {
    await client.end();
  }
  const { hostname, port, username, password } = new URL(server.databaseUrl);
  const conninfo = `host=${hostname} port=${port} user=${username} password=${password}`;
  await appendFile(join(data, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\n`);
  await writeFile(join(data, "standby.signal"), "");
  return startEmbeddedPostgres({ dataDir: folder });
}
