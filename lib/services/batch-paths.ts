import type { Transaction } from "@/lib/db/client";

/**
 * Make room for what a batch tells of paths: a table of the connection that `storeSessions` fills and whose rows end with
 * the transaction. The statements that book a batch read it, one for each table that they write.
 *
 * `upload_bytes` and `download_bytes` are what came since the batch before, never below zero: of a counter that went back
 * nothing counts until it is beyond the most it ever said. `minute` is the ledger's. A row without a `path` is what an ended
 * session carried and no path shows, under access "other", or what a path grew in a minute before (see storeEarlier).
 * `from_at` is null where nobody knows when the bytes came.
 */
export async function makeBatchPaths(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`
    CREATE TEMPORARY TABLE IF NOT EXISTS batch_paths (
      session_pk bigint, path int, access access_kind, subscriber_id text, service_class_id text, white_list_id text,
      minute timestamptz, upload_bytes bigint, download_bytes bigint, from_at timestamptz, to_at timestamptz,
      told_upload_bytes bigint, told_download_bytes bigint, ue_address text, ue_port int, proxy_address text,
      proxy_port int, rtt_ms double precision, retrans_segments bigint, is_open boolean, is_backup boolean,
      download_limit bigint
    ) ON COMMIT DELETE ROWS`;
}
