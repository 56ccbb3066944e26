import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** A real PostgreSQL in a folder of its own, migrated and seeded, that the process's services then use. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "twinpath-api-"));
  const server = await startEmbeddedPostgres({ dataDir });
  await runMigrations(server.databaseUrl);
  setEnv("DATABASE_URL", server.databaseUrl);
  setEnv("NEXTAUTH_SECRET", "a secret of the tests, which keeps nothing secret");
  setEnv("NEXTAUTH_URL", testOrigin);
  setEnv("TWINPATH_LOG_LEVEL", "fatal");
  await seed();
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
