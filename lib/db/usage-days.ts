import type { Client } from "pg";
import { ownClient } from "./own-client";

const dayMs = 86_400_000;
/** Of the one connection that drops days; held by nothing else. */
const dropLock = 7_411_602;
const detachTimeoutMs = 30_000;

/** The table that holds the usage ledger's minutes of one day (UTC). */
export function usageDayTable(day: Date): string {
  return `usage_ledger_minutes_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
}

/** From which moment, and before which, it holds them. `day` is its midnight. */
export function usageDayBounds(day: Date): readonly [from: string, to: string] {
  return [day.toISOString(), new Date(day.getTime() + dayMs).toISOString()];
}

type DayTable = { name: string; isAttached: boolean; isDetaching: boolean };

async function findDayTables(client: Client, before: Date): Promise<DayTable[]> {
  const { rows } = await client.query<DayTable>(
    `SELECT c.relname AS name, i.inhrelid IS NOT NULL AS "isAttached", coalesce(i.inhdetachpending, false) AS "isDetaching"
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname < $1
       AND c.relname ~ '^usage_ledger_minutes_[0-9]{8}$' ORDER BY 1`,
    [usageDayTable(before)],
  );
  return rows;
}

/** Whether hours of the table's day wait for their roll-up. */
async function isStale(client: Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM usage_ledger_stale_hours, to_timestamp(right($1, 8) || ' 00+00', 'YYYYMMDD HH24TZH') AS day
     WHERE hour >= day AND hour < day + interval '1 day' LIMIT 1`,
    [name],
  );
  return rowCount !== 0;
}

/**
 * Drop the ledger's tables of days before this one whose hours are all rolled up. Nobody waits for it: a table is taken
 * out of the ledger while others read and write (DETACH PARTITION CONCURRENTLY, which itself waits for those who are at
 * it), and dropped when nobody has it any more. What takes longer than 30 s, or another process is at, is left to the
 * next call, which goes on where this one ended.
 *
 * @returns the names of those that were dropped
 * Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION
 */
export async function dropUsageDayTables(databaseUrl: string, before: Date): Promise<string[]> {
  const client = ownClient({ connectionString: databaseUrl, statement_timeout: detachTimeoutMs });
  await client.connect();
  const dropped: string[] = [];
  try {
    const { rows } = await client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock($1) AS "isOurs"', [dropLock]);
    if (rows[0]?.isOurs !== true) return dropped;
    for (const { name, isAttached, isDetaching } of await findDayTables(client, before)) {
      const table = client.escapeIdentifier(name);
      if (isAttached && !isDetaching && (await isStale(client, name))) continue;
      if (isAttached)
        await client.query(
          `ALTER TABLE usage_ledger_minutes DETACH PARTITION ${table} ${isDetaching ? "FINALIZE" : "CONCURRENTLY"}`,
        );
      await client.query(`DROP TABLE ${table}`);
      dropped.push(name);
    }
    return dropped;
  } finally {
    await client.end();
  }
}
