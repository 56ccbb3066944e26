import { getDatabase, type Transaction } from "@/lib/db/client";
import { hourNumber, hourOf, usageLock } from "./book-usage";
import { dropUsageDays, ensureUsageDay } from "./usage-partitions";
import { dayOf, daysAfter, firstKeptDay, usageRetention } from "./usage-retention";

/** No day has this number of an hour. */
const rollUpLock = -2;
const rollUpTimeoutMs = 60_000;
const daysAhead = 3;
/** So few rows at a time that readers never wait for it. */
const chunkRows = 20_000;

/** Write an hour anew from its minutes, and its day from its hours: the same however often it is done. */
async function rollUpHour(transaction: Transaction, hour: Date): Promise<void> {
  const day = dayOf(hour);
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${usageLock}::int, ${hourNumber(hour)}::int)`;
  await transaction.$executeRaw`DELETE FROM usage_ledger_stale_hours WHERE hour = ${hour}`;
  await transaction.$executeRaw`
    INSERT INTO usage_ledger_hours (subscriber_id, hour, access, upload_bytes, download_bytes)
    SELECT subscriber_id, ${hour}, access, sum(upload_bytes), sum(download_bytes) FROM usage_ledger_minutes
    WHERE minute >= ${hour} AND minute < ${hour}::timestamptz + interval '1 hour' GROUP BY 1, 3
    ON CONFLICT (subscriber_id, hour, access) DO UPDATE SET
      upload_bytes = excluded.upload_bytes, download_bytes = excluded.download_bytes
    WHERE (usage_ledger_hours.upload_bytes, usage_ledger_hours.download_bytes)
      IS DISTINCT FROM (excluded.upload_bytes, excluded.download_bytes)`;
  await transaction.$executeRaw`
    INSERT INTO usage_ledger_days (subscriber_id, day, access, upload_bytes, download_bytes)
    SELECT subscriber_id, ${day}::date, access, sum(upload_bytes), sum(download_bytes) FROM usage_ledger_hours
    WHERE hour >= ${day} AND hour < ${daysAfter(day, 1)} GROUP BY 1, 3
    ON CONFLICT (subscriber_id, day, access) DO UPDATE SET
      upload_bytes = excluded.upload_bytes, download_bytes = excluded.download_bytes
    WHERE (usage_ledger_days.upload_bytes, usage_ledger_days.download_bytes)
      IS DISTINCT FROM (excluded.upload_bytes, excluded.download_bytes)`;
}

/** Roll up one hour that is over and has had bytes since its last roll-up. @returns whether there was one */
async function rollUpOne(now: Date): Promise<boolean> {
  return getDatabase().$transaction(
    async (transaction) => {
      // One process at a time: two hours of a day at once would each miss the other.
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${usageLock}::int, ${rollUpLock}::int)`;
      const where = { hour: { lt: hourOf(now) } };
      const stale = await transaction.usageLedgerStaleHour.findFirst({ where, orderBy: { hour: "asc" } });
      if (stale === null) return false;
      await rollUpHour(transaction, stale.hour);
      return true;
    },
    { timeout: rollUpTimeoutMs },
  );
}

/** Bring hours and days up to what the minutes have. What comes late for an hour marks it, and it is done again. */
export async function rollUpUsage(now = new Date()): Promise<void> {
  while (await rollUpOne(now));
}

async function removeHours(before: Date): Promise<number> {
  return getDatabase().$executeRaw`
    DELETE FROM usage_ledger_hours WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM usage_ledger_hours WHERE hour < ${before} LIMIT ${chunkRows} FOR UPDATE SKIP LOCKED))`;
}

async function removeDays(before: Date): Promise<number> {
  return getDatabase().$executeRaw`
    DELETE FROM usage_ledger_days WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM usage_ledger_days WHERE day < ${before}::date LIMIT ${chunkRows} FOR UPDATE SKIP LOCKED))`;
}

/** The ledger's housekeeping: partitions for the days to come, roll-ups, and what is older than is kept removed. */
export async function keepUsageLedger(now = new Date()): Promise<void> {
  for (let days = 0; days <= daysAhead; days += 1) await ensureUsageDay(daysAfter(now, days));
  await rollUpUsage(now);
  await dropUsageDays(firstKeptDay(now));
  const { hourDays, dayDays } = usageRetention();
  while ((await removeHours(daysAfter(dayOf(now), 1 - hourDays))) === chunkRows);
  while ((await removeDays(daysAfter(dayOf(now), 1 - dayDays))) === chunkRows);
}
