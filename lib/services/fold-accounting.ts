import { getDatabase, type Transaction } from "@/lib/db/client";
import { hourNumber, hourOf, usageLock } from "./book-usage";

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** No day has this number of an hour. */
const foldLock = -3;
const foldTimeoutMs = 60_000;
/** Reports of a minute that is over come within this time, but for late ones. */
const settleMs = minuteMs;
/** A session without bytes for so long is over. */
const idleMs = 30 * minuteMs;

const minuteOf = (ms: number): Date => new Date(Math.floor(ms / minuteMs) * minuteMs);

type Cursor = { closedTo: Date; foldedTo: Date };

async function lockCursor(transaction: Transaction): Promise<Cursor> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${usageLock}::int, ${foldLock}::int)`;
  return transaction.accountingCursor.findFirstOrThrow();
}

/**
 * Close minutes that are settled, at most to the end of their hour: what comes for them from now on is late. It waits for
 * batches of that hour, and they wait only for this. @returns whether there were some
 */
async function closeMinutes(now: Date): Promise<boolean> {
  return getDatabase().$transaction(async (transaction) => {
    const { closedTo } = await lockCursor(transaction);
    const hour = hourOf(closedTo);
    const toMs = Math.min(minuteOf(now.getTime() - settleMs).getTime(), hour.getTime() + hourMs);
    if (toMs <= closedTo.getTime()) return false;
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${usageLock}::int, ${hourNumber(hour)}::int)`;
    await transaction.accountingCursor.updateMany({ data: { closedTo: new Date(toMs) } });
    return true;
  });
}

/**
 * Add closed minutes to the sessions. Late bytes of minutes that are added now are in them already, so their rows only go:
 * one statement sees the ledger and the late rows of one moment.
 */
async function addMinutes(transaction: Transaction, { foldedTo, closedTo }: Cursor, now: Date): Promise<void> {
  await transaction.$executeRaw`
    WITH late AS (
      DELETE FROM accounting_late RETURNING subscriber_id, minute, access, upload_bytes, download_bytes
    ), grown AS (
      SELECT subscriber_id, minute, access, upload_bytes, download_bytes FROM usage_ledger_minutes
      WHERE minute >= ${foldedTo} AND minute < ${closedTo}
      UNION ALL
      SELECT subscriber_id, minute, access, upload_bytes, download_bytes FROM late WHERE minute < ${foldedTo}
    ), sums AS (
      SELECT subscriber_id, (minute AT TIME ZONE 'UTC')::date AS day, access, min(minute) AS from_minute,
        max(minute) AS to_minute, sum(upload_bytes) AS upload_bytes, sum(download_bytes) AS download_bytes
      FROM grown GROUP BY 1, 2, 3
    )
    INSERT INTO accounting_sessions (id, subscriber_id, day, access, msisdn, from_minute, to_minute, upload_bytes,
      download_bytes, due_at, next_try_at)
    SELECT gen_random_uuid(), subscriber_id, day, access, (
        SELECT msisdn FROM subscribers
        WHERE id = CASE WHEN subscriber_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subscriber_id::uuid END
      ), from_minute, to_minute, upload_bytes, download_bytes, ${now}, ${now}
    FROM sums
    ON CONFLICT (subscriber_id, day, access) WHERE ended_at IS NULL DO UPDATE SET
      from_minute = least(accounting_sessions.from_minute, excluded.from_minute),
      to_minute = greatest(accounting_sessions.to_minute, excluded.to_minute),
      upload_bytes = accounting_sessions.upload_bytes + excluded.upload_bytes,
      download_bytes = accounting_sessions.download_bytes + excluded.download_bytes`;
}

/** End sessions that have been idle, and those of days that are over, as of the moment in which they were. */
async function endSessions(transaction: Transaction, { closedTo }: Cursor, now: Date): Promise<void> {
  await transaction.$executeRaw`
    UPDATE accounting_sessions SET ended_at = least(idle_at, day_end),
      end_cause = CASE WHEN idle_at <= day_end THEN 'idle-timeout' ELSE 'session-timeout' END,
      due_at = least(due_at, ${now}), next_try_at = least(next_try_at, ${now})
    FROM (
      SELECT id AS running_id, to_minute + make_interval(secs => ${(minuteMs + idleMs) / 1000}) AS idle_at,
        (day + 1)::timestamp AT TIME ZONE 'UTC' AS day_end
      FROM accounting_sessions WHERE ended_at IS NULL
    ) running
    WHERE id = running_id AND least(idle_at, day_end) <= ${closedTo}`;
}

async function foldClosed(now: Date): Promise<void> {
  await getDatabase().$transaction(
    async (transaction) => {
      const cursor = await lockCursor(transaction);
      await addMinutes(transaction, cursor, now);
      await endSessions(transaction, cursor, now);
      await transaction.accountingCursor.updateMany({ data: { foldedTo: cursor.closedTo } });
    },
    { timeout: foldTimeoutMs },
  );
}

/**
 * Bring the accounting sessions up to what the usage ledger has, from the minute of the first call on: one session at a
 * time of subscriber, access and day (UTC), so that sessions add up to the ledger by day. It ends when it has been idle, or
 * with its day; what is late for a session that ended makes another one of that day.
 *
 * Every byte is added exactly once, whoever calls it, and wherever a process ended half-way.
 */
export async function foldAccounting(now = new Date()): Promise<void> {
  const start = minuteOf(now.getTime());
  await getDatabase().accountingCursor.createMany({
    data: { id: "main", closedTo: start, foldedTo: start },
    skipDuplicates: true,
  });
  do await foldClosed(now);
  while (await closeMinutes(now));
}
