import type { Transaction } from "@/lib/db/client";
import { longestSpanMs } from "./report-gaps";
import type { BatchSource, StoredSession } from "./telemetry-source";

type Span = { fromMs: number; toMs: number };

/** In what time a session's growth came about: since the batch before, but not before its start or after its end. */
function spanOf({ sinceMs, atMs }: BatchSource, { report }: StoredSession): Span {
  const toMs = Math.min(atMs, report.end === null ? atMs : Date.parse(report.end.at));
  const startMs = Date.parse(report.startedAt);
  return { fromMs: Math.min(sinceMs === null ? startMs : Math.max(sinceMs, startMs), toMs - 1), toMs };
}

/**
 * Add what the paths of sessions grew to the seconds in which they did, evenly within the batch's span; whole bytes,
 * their sum is the growth. Bytes of a longer time without a report belong to no second. To be called before the batch's
 * paths are stored.
 */
export async function storeSessionSamples(
  transaction: Transaction,
  source: BatchSource,
  sessions: readonly StoredSession[],
): Promise<void> {
  const rows = sessions.flatMap((session) => {
    const span = spanOf(source, session);
    if (span.toMs - span.fromMs > longestSpanMs) return [];
    const paths = [...new Map(session.report.subflows.map((subflow) => [subflow.id, subflow])).values()];
    return paths.map(({ id, access, uploadBytes, downloadBytes }) => ({
      pk: session.pk,
      path: id,
      access,
      up: uploadBytes,
      down: downloadBytes,
      ...span,
    }));
  });
  if (rows.length === 0) return;
  await transaction.$executeRaw`
    WITH grown AS (
      SELECT row."pk", row."access", row."fromMs" AS from_ms, row."toMs" AS to_ms,
        sum(greatest(0, row."up" - coalesce(known.upload_bytes, 0)))::float8 AS up,
        sum(greatest(0, row."down" - coalesce(known.download_bytes, 0)))::float8 AS down
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row("pk" bigint, "path" int, "access" text,
        "up" bigint, "down" bigint, "fromMs" float8, "toMs" float8)
      LEFT JOIN subflows known ON known.session_pk = row."pk" AND known.id = row."path"
      GROUP BY 1, 2, 3, 4
    ), placed AS (
      SELECT "pk", "access", up, down, second,
        least(1, greatest(0, (second * 1000 - from_ms) / (to_ms - from_ms))) AS from_part,
        least(1, greatest(0, (second * 1000 + 1000 - from_ms) / (to_ms - from_ms))) AS to_part
      FROM grown CROSS JOIN LATERAL generate_series(floor(from_ms / 1000)::bigint, floor(to_ms / 1000)::bigint) AS second
      WHERE up + down > 0
    ), sampled AS (
      SELECT "pk", second, "access", (floor(up * to_part) - floor(up * from_part))::bigint AS up,
        (floor(down * to_part) - floor(down * from_part))::bigint AS down
      FROM placed
    )
    INSERT INTO session_samples (session_pk, at, access, upload_bytes, download_bytes)
    SELECT "pk", to_timestamp(second), "access"::access_kind, up, down FROM sampled WHERE up + down > 0
    ON CONFLICT (session_pk, at, access) DO UPDATE SET
      upload_bytes = session_samples.upload_bytes + excluded.upload_bytes,
      download_bytes = session_samples.download_bytes + excluded.download_bytes`;
}
