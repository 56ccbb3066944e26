import { getDatabase, Prisma } from "@/lib/db/client";
import { dropUsageDayTables, usageDayBounds, usageDayTable } from "@/lib/db/usage-days";
import { requireEnv } from "@/lib/shared/env";
import { usageLock } from "./book-usage";
import { processSingleton } from "./process-singleton";
import { dayOf } from "./usage-retention";

/** No day has this number of an hour. */
const partitionsLock = -1;

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
 * Drop the ledger's minutes of days before this one (see dropUsageDayTables). A day that still has to be rolled up stays.
 *
 * @returns the days that were dropped, as the names of their partitions
 */
export async function dropUsageDays(before: Date): Promise<string[]> {
  const dropped = await dropUsageDayTables(requireEnv("DATABASE_URL"), before);
  for (const name of dropped) madeDays().delete(name);
  return dropped;
}
