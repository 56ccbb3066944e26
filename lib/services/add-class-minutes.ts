import type { Transaction } from "@/lib/db/client";

const minuteMs = 60_000;

/** Add what a batch's sessions carried (see batch-paths) to the minute of their classes, from which the achieved LTE share is read. */
export async function addClassMinutes(transaction: Transaction, at: Date): Promise<void> {
  const minute = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
  await transaction.$executeRaw`
    INSERT INTO class_minutes (minute, service_class_id, lte_bytes, total_bytes)
    SELECT ${minute}, service_class_id, coalesce(sum(upload_bytes + download_bytes) FILTER (WHERE access = 'lte'), 0),
      sum(upload_bytes + download_bytes)
    FROM batch_paths GROUP BY service_class_id HAVING sum(upload_bytes + download_bytes) > 0 ORDER BY service_class_id
    ON CONFLICT (minute, service_class_id) DO UPDATE SET
      lte_bytes = class_minutes.lte_bytes + excluded.lte_bytes,
      total_bytes = class_minutes.total_bytes + excluded.total_bytes`;
}
