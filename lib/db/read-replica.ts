import { readCountEnv, readEnv, requireEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { type Database, getDatabase, openDatabase } from "./client";
import { ownClient } from "./own-client";

/** Whether the replica is there and follows is asked at most this often, and waited for no longer than `checkWithinMs`. */
const checkEveryMs = 5000;
const checkWithinMs = 2000;

/** `reason`: how far behind it is, or why it is not read from. */
export type Standing = { isUsable: boolean; reason: string };
type Replica = { url: string; database: Database; checkedMs: number; standing: Promise<Standing> };

const holder = globalThis as typeof globalThis & { twinpathReplica?: Replica };

/** A standby whose primary is silent looks as if it had all; a server that replays nothing is fed in its operator's own way. */
const standingQuery = `
  SELECT pg_is_in_recovery() AS "isStandby", EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AS "isFed",
    CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::float8 AS "lagSeconds"`;

/** How a replica stands, asked by a connection of its own. */
export async function askStanding(url: string): Promise<Standing> {
  const client = ownClient({
    connectionString: url,
    connectionTimeoutMillis: checkWithinMs,
    query_timeout: checkWithinMs,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ isStandby: boolean; isFed: boolean; lagSeconds: number }>(standingQuery);
    const { isStandby = false, isFed = false, lagSeconds = 0 } = rows[0] ?? {};
    if (isStandby && !isFed) return { isUsable: false, reason: "it gets nothing from the primary" };
    const longest = readCountEnv("TWINPATH_REPLICA_LAG_SECONDS", 30, 86_400);
    return { isUsable: lagSeconds <= longest, reason: `it is ${lagSeconds.toFixed(1)} s behind` };
  } catch (error) {
    return { isUsable: false, reason: errorMessage(error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function check(replica: Replica): Promise<Standing> {
  const before = await replica.standing;
  const now = await askStanding(replica.url);
  const log = createLog("replica");
  if (!now.isUsable && before.isUsable) log.warn({ reason: now.reason }, "the primary is read in the replica's place");
  if (now.isUsable && !before.isUsable) log.info("the replica is read from");
  return now;
}

/** The replica where one is named, answers and follows; null where the primary has to be read. */
async function usableReplica(): Promise<Replica | null> {
  const url = readEnv("TWINPATH_REPLICA_URL");
  if (url === null) return null;
  if (holder.twinpathReplica?.url !== url) {
    await closeReplica();
    // Nothing is read from it before the first check; where that finds it unusable, the log says why.
    const standing = Promise.resolve({ isUsable: true, reason: "" });
    holder.twinpathReplica = { url, database: openDatabase(url), checkedMs: Number.NEGATIVE_INFINITY, standing };
  }
  const replica = holder.twinpathReplica;
  if (performance.now() - replica.checkedMs >= checkEveryMs) {
    replica.checkedMs = performance.now();
    replica.standing = check(replica);
  }
  return (await replica.standing).isUsable ? replica : null;
}

/**
 * Reads that may be some seconds old and are much work: from the replica of TWINPATH_REPLICA_URL, else, and where that
 * fails, from the primary. For nothing that decides about a write, or that shows somebody their own.
 */
export async function fromReplica<Result>(read: (database: Database) => Promise<Result>): Promise<Result> {
  const replica = await usableReplica();
  if (replica === null) return read(getDatabase());
  try {
    return await read(replica.database);
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Gone, or what was read was just removed on the primary (PostgreSQL: a conflict with recovery).
    createLog("replica").warn({ reason: errorMessage(error) }, "a read of the replica failed: the primary is asked");
    replica.checkedMs = Number.NEGATIVE_INFINITY;
    return read(getDatabase());
  }
}

/** The server to open a connection to for a long read. Errors: AppError ENV_MISSING without DATABASE_URL. */
export async function longReadUrl(): Promise<string> {
  return (await usableReplica())?.url ?? requireEnv("DATABASE_URL");
}

/** Close its connections; the next read opens new ones. */
export async function closeReplica(): Promise<void> {
  const replica = holder.twinpathReplica;
  delete holder.twinpathReplica;
  await replica?.database.$disconnect();
}
