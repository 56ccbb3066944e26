import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";

/** Bytes that the paths of a subscriber's sessions carried since they were stored, both directions. */
export type SessionGrowth = { subscriberId: string; serviceClassId: string; lteBytes: number; totalBytes: number };

/**
 * What a batch's sessions carried since the batch before. To be asked before the batch is stored, with the node's row
 * locked: then every byte is told exactly once.
 */
export async function readSessionGrowth(
  transaction: Transaction,
  source: { nodeId: string; epoch: string },
  sessions: readonly SessionReport[],
): Promise<SessionGrowth[]> {
  if (sessions.length === 0) return [];
  const { nodeId, epoch } = source;
  const lastOfEach = [...new Map(sessions.map((session) => [session.id, session])).values()];
  const paths = lastOfEach.flatMap(({ id, subscriberId, serviceClassId, subflows }) =>
    [...new Map(subflows.map((subflow) => [subflow.id, subflow])).values()].map((subflow) => ({
      session: id,
      subscriberId,
      serviceClassId,
      path: subflow.id,
      isLte: subflow.access === "lte",
      bytes: subflow.uploadBytes + subflow.downloadBytes,
    })),
  );
  const rows = await transaction.$queryRaw<
    { subscriberId: string; serviceClassId: string; lteBytes: string; totalBytes: string }[]
  >`
    SELECT "subscriberId", "serviceClassId", coalesce(sum(growth) FILTER (WHERE "isLte"), 0)::text AS "lteBytes",
      sum(growth)::text AS "totalBytes"
    FROM (
      SELECT path."subscriberId", path."serviceClassId", path."isLte",
        greatest(0, path."bytes" - coalesce(known.upload_bytes + known.download_bytes, 0)) AS growth
      FROM jsonb_to_recordset(${JSON.stringify(paths)}::jsonb) AS path("session" text, "subscriberId" text,
        "serviceClassId" text, "path" int, "isLte" boolean, "bytes" bigint)
      LEFT JOIN sessions ON sessions.node_id = ${nodeId} AND sessions.epoch = ${epoch}
        AND sessions.session_id = path."session"
      LEFT JOIN subflows known ON known.session_pk = sessions.id AND known.id = path."path"
    ) grown
    GROUP BY "subscriberId", "serviceClassId" HAVING sum(growth) > 0`;
  return rows.map((row) => ({ ...row, lteBytes: Number(row.lteBytes), totalBytes: Number(row.totalBytes) }));
}
