import type { Transaction } from "@/lib/db/client";

/** Add what a batch's sessions carried (see batch-paths) to the minutes of their classes, from which the achieved LTE share is read. */
export async function addClassMinutes(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO class_minutes (minute, service_class_id, lte_bytes, total_bytes)
    SELECT minute, service_class_id, coalesce(sum(upload_bytes + download_bytes) FILTER (WHERE access = 'lte'), 0),
      sum(upload_bytes + download_bytes)
    FROM batch_paths GROUP BY 1, 2 HAVING sum(upload_bytes + download_bytes) > 0 ORDER BY 1, 2
    ON CONFLICT (minute, service_class_id) DO UPDATE SET
      lte_bytes = class_minutes.lte_bytes + excluded.lte_bytes,
      total_bytes = class_minutes.total_bytes + excluded.total_bytes`;
}
