import { PrismaPg } from "@prisma/adapter-pg";
import { readCountEnv, requireEnv } from "@/lib/shared/env";
import { createLog } from "@/lib/shared/log";
import { type Prisma, PrismaClient } from "./generated/client";
import { inUtc } from "./in-utc";

export { type DemoRun as DemoRunRow, type NodeOrderKind, Prisma, type TelemetryEpoch } from "./generated/client";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

const holder = globalThis as typeof globalThis & { twinpathDatabase?: PrismaClient };

/** A client with a pool of its own on this server. Who opens it ends it. */
export function openDatabase(connectionString: string): Database {
  const log = createLog("database");
  const adapter = new PrismaPg(
    {
      connectionString: inUtc(connectionString),
      max: readCountEnv("TWINPATH_DATABASE_CONNECTIONS", 10, 500),
      connectionTimeoutMillis: 5000,
    },
    { onPoolError: (error) => log.warn({ reason: error.message }, "an idle database connection was lost") },
  );
  return new PrismaClient({ adapter });
}

/**
 * The process's one database client, on DATABASE_URL. Kept on `globalThis` because the portal's framework bundles
 * routes separately and each bundle would otherwise open its own pool.
 *
 * Errors: AppError ENV_MISSING without DATABASE_URL.
 */
export function getDatabase(): Database {
  holder.twinpathDatabase ??= openDatabase(requireEnv("DATABASE_URL"));
  return holder.twinpathDatabase;
}

/** Close the client's connections; the next `getDatabase` opens new ones. */
export async function closeDatabase(): Promise<void> {
  const database = holder.twinpathDatabase;
  delete holder.twinpathDatabase;
  await database?.$disconnect();
}
