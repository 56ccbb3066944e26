import type { Transaction } from "@/lib/db/client";
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
 * Add what a batch's sessions carried (see batch-paths) to the ledger's minutes, all of one hour, and mark it for the next
 * roll-up. A roll-up of the hour waits for this transaction, and this one for it. Rows are locked in one order, for two nodes
 * may serve the same subscribers.
 */
export async function bookUsage(transaction: Transaction, hour: Date): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock_shared(${usageLock}::int, ${hourNumber(hour)}::int)`;
  await transaction.$executeRaw`INSERT INTO usage_ledger_stale_hours (hour) VALUES (${hour}) ON CONFLICT DO NOTHING`;
  await transaction.$executeRaw`
    INSERT INTO usage_ledger_minutes (subscriber_id, minute, access, upload_bytes, download_bytes)
    SELECT subscriber_id, minute, access, sum(upload_bytes), sum(download_bytes) FROM batch_paths
    GROUP BY 1, 2, 3 HAVING sum(upload_bytes + download_bytes) > 0 ORDER BY 1, 2, 3
    ON CONFLICT (subscriber_id, minute, access) DO UPDATE SET
      upload_bytes = usage_ledger_minutes.upload_bytes + excluded.upload_bytes,
      download_bytes = usage_ledger_minutes.download_bytes + excluded.download_bytes`;
  await noteLate(transaction);
}

/** Keep what came for minutes that accounting has closed (see foldAccounting); without accounting nothing. */
async function noteLate(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO accounting_late (subscriber_id, minute, access, upload_bytes, download_bytes)
    SELECT subscriber_id, minute, access, sum(upload_bytes), sum(download_bytes) FROM batch_paths
    WHERE minute < (SELECT closed_to FROM accounting_cursor)
    GROUP BY 1, 2, 3 HAVING sum(upload_bytes + download_bytes) > 0`;
}
