import type { Transaction } from "@/lib/db/client";

/** Keep what the paths of a batch's sessions grew (see batch-paths), a row a session, with the span in which they did. */
export async function storeSessionSamples(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO session_samples (session_pk, from_at, to_at, lte_upload_bytes, lte_download_bytes, wifi_upload_bytes,
      wifi_download_bytes, other_upload_bytes, other_download_bytes)
    SELECT session_pk, min(from_at), max(to_at),
      coalesce(sum(upload_bytes) FILTER (WHERE access = 'lte'), 0),
      coalesce(sum(download_bytes) FILTER (WHERE access = 'lte'), 0),
      coalesce(sum(upload_bytes) FILTER (WHERE access = 'wifi'), 0),
      coalesce(sum(download_bytes) FILTER (WHERE access = 'wifi'), 0),
      coalesce(sum(upload_bytes) FILTER (WHERE access = 'other'), 0),
      coalesce(sum(download_bytes) FILTER (WHERE access = 'other'), 0)
    FROM batch_paths WHERE from_at IS NOT NULL
    GROUP BY session_pk HAVING sum(upload_bytes + download_bytes) > 0
    ON CONFLICT (session_pk, to_at) DO UPDATE SET
      from_at = least(session_samples.from_at, excluded.from_at),
      lte_upload_bytes = session_samples.lte_upload_bytes + excluded.lte_upload_bytes,
      lte_download_bytes = session_samples.lte_download_bytes + excluded.lte_download_bytes,
      wifi_upload_bytes = session_samples.wifi_upload_bytes + excluded.wifi_upload_bytes,
      wifi_download_bytes = session_samples.wifi_download_bytes + excluded.wifi_download_bytes,
      other_upload_bytes = session_samples.other_upload_bytes + excluded.other_upload_bytes,
      other_download_bytes = session_samples.other_download_bytes + excluded.other_download_bytes`;
}
