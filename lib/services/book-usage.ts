import type { Transaction } from "@/lib/db/client";
import type { SessionGrowth } from "./session-growth";
import { firstKeptDay } from "./usage-retention";

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Advisory locks of the ledger are this number and an hour's. */
export const usageLock = 7_411_601;

export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs);
export const hourNumber = (hour: Date): number => hour.getTime() / hourMs;

/**
 * The minute under which the ledger has what is reported for this moment: never one to come, and what is so late that
 * its minutes are gone counts for the first ones that are kept.
 */
export function ledgerMinute(at: Date, now = new Date()): Date {
  const ms = Math.max(Math.min(at.getTime(), now.getTime()), firstKeptDay(now).getTime());
  return new Date(Math.floor(ms / minuteMs) * minuteMs);
}

/**
 * Add growth to the ledger's minute, and mark its hour for the next roll-up. A roll-up of the hour waits for this
 * transaction, and this one for it. Rows are locked in one order, for two nodes may serve the same subscribers.
 */
export async function bookUsage(
  transaction: Transaction,
  minute: Date,
  growth: readonly SessionGrowth[],
): Promise<void> {
  if (growth.length === 0) return;
  const hour = hourOf(minute);
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock_shared(${usageLock}::int, ${hourNumber(hour)}::int)`;
  await transaction.$executeRaw`INSERT INTO usage_ledger_stale_hours (hour) VALUES (${hour}) ON CONFLICT DO NOTHING`;
  await transaction.$executeRaw`
    INSERT INTO usage_ledger_minutes (subscriber_id, minute, access, upload_bytes, download_bytes)
    SELECT "subscriberId", ${minute}, "access"::access_kind, sum("uploadBytes"), sum("downloadBytes")
    FROM jsonb_to_recordset(${JSON.stringify(growth)}::jsonb) AS row("subscriberId" text, "access" text,
      "uploadBytes" bigint, "downloadBytes" bigint)
    GROUP BY 1, 3 ORDER BY 1, 3
    ON CONFLICT (subscriber_id, minute, access) DO UPDATE SET
      upload_bytes = usage_ledger_minutes.upload_bytes + excluded.upload_bytes,
      download_bytes = usage_ledger_minutes.download_bytes + excluded.download_bytes`;
}
