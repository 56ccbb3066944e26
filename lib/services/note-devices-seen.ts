import type { Database, Transaction } from "@/lib/db/client";

/** Keep that these devices were here just now; at most once a minute for each. */
export async function noteDevicesSeen(database: Database | Transaction, deviceIds: readonly string[]): Promise<void> {
  if (deviceIds.length === 0) return;
  await database.$executeRaw`
    UPDATE devices SET last_seen_at = now()
    WHERE id IN (SELECT id FROM devices WHERE id = ANY(${[...new Set(deviceIds)]}::text[])
      AND (last_seen_at IS NULL OR last_seen_at < now() - interval '1 minute') ORDER BY id FOR UPDATE SKIP LOCKED)`;
}
