import { getDatabase, Prisma } from "@/lib/db/client";
import { usageDayBounds, usageDayTable } from "@/lib/db/usage-days";
import { usageLock } from "./book-usage";
import { processSingleton } from "./process-singleton";
import { dayOf } from "./usage-retention";

/** No day has this number of an hour. */
const partitionsLock = -1;
/** So short that reports wait no longer for a removal that itself has to wait; it is tried again a minute later. */
const dropWaitMs = 200;

type Partition = { name: string };

/** Partitions that this process knows to be there. */
const madeDays = (): Set<string> => processSingleton("usage-days", () => new Set<string>());

/**
 * Make the partition of the day in which the moment lies, where there is none. It is made as a table of its own and then
 * attached: reports go on meanwhile (ATTACH PARTITION takes SHARE UPDATE EXCLUSIVE on the ledger).
 */
export async function ensureUsageDay(at: Date): Promise<void> {
  const day = dayOf(at);
  const made = madeDays();
  const name = usageDayTable(day);
  if (made.has(name)) return;
  const table = Prisma.raw(`"${name}"`);
  const [from, to] = usageDayBounds(day).map((edge) => Prisma.raw(`'${edge}'`));
  await getDatabase().$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${usageLock}::int, ${partitionsLock}::int)`;
    const [found] = await transaction.$queryRaw<{ oid: string | null }[]>`SELECT to_regclass(${name})::text AS oid`;
    if (found?.oid != null) return;
    await transaction.$executeRaw`CREATE TABLE ${table} (LIKE usage_ledger_minutes INCLUDING ALL)`;
    await transaction.$executeRaw`ALTER TABLE usage_ledger_minutes ATTACH PARTITION ${table} FOR VALUES FROM (${from}) TO (${to})`;
  });
  made.add(name);
}

/**
 * Drop the ledger's minutes of days before this one. A day that still has to be rolled up stays, and so does one that
 * somebody holds for longer than 200 ms, until the next call.
 *
 * @returns the days that were dropped, as the names of their partitions
 */
export async function dropUsageDays(before: Date): Promise<string[]> {
  const partitions = await getDatabase().$queryRaw<Partition[]>`
    SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'usage_ledger_minutes'::regclass AND child.relname < ${usageDayTable(before)} ORDER BY 1`;
  const dropped: string[] = [];
  for (const { name } of partitions) if (await dropUsageDay(name)) dropped.push(name);
  return dropped;
}

async function dropUsageDay(name: string): Promise<boolean> {
  const table = Prisma.raw(`"${name}"`);
  madeDays().delete(name);
  return getDatabase().$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT set_config('lock_timeout', ${`${dropWaitMs}ms`}, true)`;
    await transaction.$executeRaw`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`;
    const [{ count = 0n } = {}] = await transaction.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) AS count FROM usage_ledger_stale_hours WHERE hour IN (
        SELECT date_trunc('hour', minute) FROM ${table} GROUP BY 1)`;
    if (count > 0n) return false;
    await transaction.$executeRaw`DROP TABLE ${table}`;
    return true;
  });
}
