import type { Transaction } from "@/lib/db/client";

/**
 * Add what a batch's sessions carried (see batch-paths) to the minutes of their classes, from which the achieved LTE share
 * is read, and to those of the white-lists that let them pass.
 */
export async function addPolicyMinutes(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    WITH sums AS MATERIALIZED (
      SELECT minute, service_class_id, white_list_id, sum(upload_bytes + download_bytes) AS total_bytes,
        coalesce(sum(upload_bytes + download_bytes) FILTER (WHERE access = 'lte'), 0) AS lte_bytes
      FROM batch_paths GROUP BY 1, 2, 3 HAVING sum(upload_bytes + download_bytes) > 0
    ), classes AS (
      INSERT INTO class_minutes (minute, service_class_id, lte_bytes, total_bytes)
      SELECT minute, service_class_id, sum(lte_bytes), sum(total_bytes) FROM sums GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (minute, service_class_id) DO UPDATE SET
        lte_bytes = class_minutes.lte_bytes + excluded.lte_bytes,
        total_bytes = class_minutes.total_bytes + excluded.total_bytes
    )
    INSERT INTO white_list_minutes (minute, white_list_id, total_bytes)
    SELECT minute, white_list_id, sum(total_bytes) FROM sums WHERE white_list_id IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (minute, white_list_id) DO UPDATE SET
      total_bytes = white_list_minutes.total_bytes + excluded.total_bytes`;
}
