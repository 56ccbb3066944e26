import type { Transaction } from "@/lib/db/client";

/** Write the paths of a batch (see batch-paths): new ones are added, known ones replaced; their bytes only grow. */
export async function storeSubflows(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO subflows (session_pk, id, access, ue_address, ue_port, proxy_address, proxy_port, upload_bytes,
      download_bytes, rtt_ms, retrans_segments, is_open, is_backup, download_limit)
    SELECT session_pk, path, access, ue_address, ue_port, proxy_address, proxy_port, told_upload_bytes,
      told_download_bytes, rtt_ms, retrans_segments, is_open, is_backup, download_limit
    FROM batch_paths WHERE path IS NOT NULL
    ON CONFLICT (session_pk, id) DO UPDATE SET
      access = excluded.access,
      ue_address = excluded.ue_address,
      ue_port = excluded.ue_port,
      proxy_address = excluded.proxy_address,
      proxy_port = excluded.proxy_port,
      upload_bytes = greatest(subflows.upload_bytes, excluded.upload_bytes),
      download_bytes = greatest(subflows.download_bytes, excluded.download_bytes),
      rtt_ms = excluded.rtt_ms,
      retrans_segments = excluded.retrans_segments,
      is_open = excluded.is_open,
      is_backup = excluded.is_backup,
      download_limit = excluded.download_limit`;
}
