import type { SessionReport } from "@/lib/contracts/telemetry";
import { arrayText } from "@/lib/db/array-text";
import type { Transaction } from "@/lib/db/client";
import type { BatchSource } from "./telemetry-source";

/** What an ended session carried and no path shows. */
export type Unattributed = { uploadBytes: number; downloadBytes: number };

type Row = { session: string; uploadBytes: string; downloadBytes: string };

/**
 * What the batch's ended sessions carried beyond the sum of all paths they ever had, by session. After a reset the kernel
 * shows no paths any more, so what moved since the last look is in the session's counters alone. To be asked before the
 * batch is stored.
 */
export async function readUnattributed(
  transaction: Transaction,
  { nodeId, epoch }: Pick<BatchSource, "nodeId" | "epoch">,
  sessions: readonly SessionReport[],
): Promise<Map<string, Unattributed>> {
  const ended = sessions.filter(({ end }) => end !== null);
  if (ended.length === 0) return new Map();
  const paths = ended.flatMap(({ id, subflows }) => subflows.map((path) => ({ ...path, session: id })));
  const rows = await transaction.$queryRaw<Row[]>`
    WITH told AS (
      SELECT * FROM unnest(${arrayText(ended.map(({ id }) => id))}::text[],
        ${arrayText(ended.map((session) => session.uploadBytes + session.handshakeUploadBytes))}::bigint[],
        ${arrayText(ended.map((session) => session.downloadBytes + session.handshakeDownloadBytes + session.reinjectedBytes))}::bigint[])
        AS row(session, up, down)
    ), path AS (
      SELECT * FROM unnest(${arrayText(paths.map(({ session }) => session))}::text[],
        ${arrayText(paths.map(({ id }) => id))}::int[], ${arrayText(paths.map(({ uploadBytes }) => uploadBytes))}::bigint[],
        ${arrayText(paths.map(({ downloadBytes }) => downloadBytes))}::bigint[]) AS row(session, id, up, down)
      UNION ALL
      SELECT told.session, known.id, known.upload_bytes, known.download_bytes FROM told
      CROSS JOIN LATERAL (
        SELECT id FROM sessions WHERE node_id = ${nodeId} AND epoch = ${epoch} AND session_id = told.session OFFSET 0
      ) stored
      CROSS JOIN LATERAL (
        SELECT id, upload_bytes, download_bytes FROM subflows WHERE session_pk = stored.id OFFSET 0
      ) known
    ), ever AS (
      SELECT session, sum(up) AS up, sum(down) AS down
      FROM (SELECT session, id, max(up) AS up, max(down) AS down FROM path GROUP BY 1, 2) one GROUP BY 1
    )
    SELECT told.session, greatest(0, told.up - coalesce(ever.up, 0))::text AS "uploadBytes",
      greatest(0, told.down - coalesce(ever.down, 0))::text AS "downloadBytes"
    FROM told LEFT JOIN ever ON ever.session = told.session`;
  return new Map(
    rows.map(({ session, uploadBytes, downloadBytes }) => [
      session,
      { uploadBytes: Number(uploadBytes), downloadBytes: Number(downloadBytes) },
    ]),
  );
}
