import type { Database, Transaction } from "@/lib/db/client";
import type { BatchSource } from "./telemetry-source";

/** Growth that comes after a longer silence of the node cannot be told second by second. */
export const longestSpanMs = 3000;

export type ReportGap = { fromMs: number; toMs: number };

/** Note that nobody knows what happened when, where the batch before is too long ago. */
export async function noteReportGap(transaction: Transaction, source: BatchSource): Promise<void> {
  const { nodeId, epoch, sinceMs, atMs } = source;
  if (sinceMs === null || atMs - sinceMs <= longestSpanMs) return;
  await transaction.$executeRaw`
    INSERT INTO report_gaps (node_id, epoch, from_at, to_at)
    VALUES (${nodeId}, ${epoch}, ${new Date(sinceMs)}, ${new Date(atMs)})
    ON CONFLICT DO NOTHING`;
}

/** When a process of a node did not report, from a moment on; oldest first. */
export async function findReportGaps(
  database: Database,
  { nodeId, epoch, fromMs }: { nodeId: string; epoch: string; fromMs: number },
): Promise<ReportGap[]> {
  const rows = await database.$queryRaw<{ fromAt: Date; toAt: Date }[]>`
    SELECT from_at AS "fromAt", to_at AS "toAt" FROM report_gaps
    WHERE node_id = ${nodeId} AND epoch = ${epoch} AND to_at > ${new Date(fromMs)} ORDER BY to_at`;
  return rows.map(({ fromAt, toAt }) => ({ fromMs: fromAt.getTime(), toMs: toAt.getTime() }));
}
