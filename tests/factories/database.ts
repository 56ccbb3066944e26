import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { closeDatabase } from "@/lib/db/client";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { runMigrations } from "@/lib/db/migrate";
import { leadership } from "@/lib/services/leadership";
import { policyHub } from "@/lib/services/policy-hub";
import { portalPeers } from "@/lib/services/portal-peers";
import { setEnv } from "@/lib/shared/env";
import { seed } from "@/prisma/seed";

export type TestDatabase = { dataDir: string; server: EmbeddedPostgres; stop: () => Promise<void> };

/** The origin of the portal in tests; nothing listens there, handlers are called directly. */
export const testOrigin = "http://portal.test:3000";

/** Names the folder of a database that is migrated and seeded, to be copied rather than made anew. */
const templateVariable = "TWINPATH_TEST_TEMPLATE";

/** A server on this folder, which this process's services then use. */
async function startServer(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir });
  setEnv("DATABASE_URL", server.databaseUrl);
  setEnv("NEXTAUTH_SECRET", "a secret of the tests, which keeps nothing secret");
  setEnv("NEXTAUTH_URL", testOrigin);
  setEnv("TWINPATH_LOG_LEVEL", "fatal");
  return server;
}

/** Before a suite: one database that every `startTestDatabase` copies. Its copies need not outlive the machine. */
export async function makeDatabaseTemplate(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "twinpath-template-"));
  const server = await startServer(dataDir);
  await runMigrations(server.databaseUrl);
  await seed();
  await closeDatabase();
  await server.stop();
  await appendFile(join(dataDir, "postgres/postgresql.auto.conf"), "fsync = off\n");
  process.env[templateVariable] = dataDir;
  return () => rm(dataDir, { recursive: true, force: true });
}

/** A real PostgreSQL in a folder of its own, migrated and seeded, that the process's services then use. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "twinpath-api-"));
  const template = process.env[templateVariable];
  if (template !== undefined) await promisify(execFile)("cp", ["-a", `${template}/.`, dataDir]);
  const server = await startServer(dataDir);
  if (template === undefined) {
    await runMigrations(server.databaseUrl);
    await seed();
  }
  return {
    dataDir,
    server,
    stop: async () => {
      policyHub().close();
      portalPeers().close();
      leadership().stop();
      await closeDatabase();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
