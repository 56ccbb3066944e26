import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { longestSpanMs } from "./report-gaps";
import { silenceMs } from "./telemetry-source";

/**
 * Take a report that tells of nothing but that the node is there, in one statement: most reports of a fleet are such. It
 * is one where the node's running process has reported a moment ago, no byte has moved since, and the minute has its rows.
 *
 * @returns null where it is not, or was recorded before: the report is to be looked at as a whole
 */
export async function recordIdleReport(nodeId: string, batch: TelemetryBatch): Promise<{ starts: number } | null> {
  const { epoch, sequence, totals, node } = batch;
  if (batch.sessions.length + batch.ruleHits.length + batch.earlier.length > 0 || node.state === "retiring")
    return null;
  const now = new Date();
  const at = new Date(Math.min(Date.parse(batch.at), now.getTime()));
  const sinceGap = new Date(at.getTime() - longestSpanMs);
  const { lte, wifi, other } = totals;
  const rows = await getDatabase().$queryRaw<{ starts: number }[]>`
    WITH running AS (
      SELECT id FROM nodes WHERE id = ${nodeId} AND epoch = ${epoch}
        AND EXISTS (SELECT 1 FROM usage_minutes WHERE node_id = ${nodeId} AND minute = date_trunc('minute', ${at}::timestamptz))
        AND NOT EXISTS (SELECT 1 FROM telemetry_epochs WHERE node_id = ${nodeId} AND is_retiring
          AND heard_at < ${new Date(now.getTime() - silenceMs)})
      FOR UPDATE
    ), heard AS (
      UPDATE telemetry_epochs SET last_sequence = ${sequence}, last_at = ${at}, heard_at = ${now} FROM running
      WHERE node_id = running.id AND epoch = ${epoch} AND last_sequence < ${sequence} AND last_at >= ${sinceGap}
        AND NOT is_retiring
        AND (lte_upload_bytes, lte_download_bytes, wifi_upload_bytes, wifi_download_bytes, other_upload_bytes,
          other_download_bytes) = (${lte.uploadBytes}::bigint, ${lte.downloadBytes}::bigint,
          ${wifi.uploadBytes}::bigint, ${wifi.downloadBytes}::bigint, ${other.uploadBytes}::bigint,
          ${other.downloadBytes}::bigint)
      RETURNING running.id
    )
    UPDATE nodes SET last_seen_at = ${now}, status = ${JSON.stringify(node)}::jsonb FROM heard
    WHERE nodes.id = heard.id RETURNING starts`;
  return rows[0] ?? null;
}
