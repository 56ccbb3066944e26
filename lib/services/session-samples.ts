import type { SessionDetail } from "@/lib/contracts/portal";
import { type Database, Prisma } from "@/lib/db/client";
import { findReportGaps, longestSpanMs, type ReportGap } from "./report-gaps";
import { sampleKeptMs } from "./sample-keeper";

type Samples = SessionDetail["samples"];
type Bucket = NonNullable<Samples["buckets"][number]>;

/** More than these cannot be told apart in a chart. */
const mostBuckets = 600;
const widthsMs = [1, 2, 5, 10, 20, 30, 60, 120, 300].map((seconds) => seconds * 1000);

const emptyBucket: Bucket = {
  lteDownloadBytes: 0,
  lteUploadBytes: 0,
  wifiDownloadBytes: 0,
  wifiUploadBytes: 0,
  otherDownloadBytes: 0,
  otherUploadBytes: 0,
};

type SampleSource = {
  pk: bigint;
  nodeId: string;
  epoch: string;
  startedAt: Date;
  endedAt: Date | null;
  /** When the process that carries the session last reported. */
  reportedAt: Date;
};

/** The time that a chart of the session covers: whole buckets of `everyMs`. */
function rangeOf({ startedAt, endedAt, reportedAt }: SampleSource, nowMs: number) {
  const isSilent = nowMs - reportedAt.getTime() > longestSpanMs;
  const toMs = endedAt?.getTime() ?? (isSilent ? nowMs : reportedAt.getTime());
  const keptMs = Math.max(startedAt.getTime(), nowMs - sampleKeptMs);
  const spanMs = Math.max(0, toMs - keptMs);
  const everyMs = widthsMs.find((widthMs) => spanMs / widthMs <= mostBuckets) ?? 300_000;
  const fromMs = Math.floor(keptMs / everyMs) * everyMs;
  // What is still being filled would look like a fall.
  const count = (endedAt === null ? Math.floor : Math.ceil)((toMs - fromMs) / everyMs);
  return { fromMs, toMs, everyMs, count: Math.max(0, count) };
}

/** Bytes of each sample's span, spread evenly over it in whole bytes, whose sum is the sample's. */
async function readBytes(
  database: Database,
  pk: bigint,
  { fromMs, everyMs }: { fromMs: number; everyMs: number },
): Promise<Map<number, Bucket>> {
  const part = (column: string): Prisma.Sql => {
    const bytes = Prisma.raw(column);
    return Prisma.sql`sum(floor(${bytes} * to_part) - floor(${bytes} * from_part))::float8`;
  };
  const rows = await database.$queryRaw<(Bucket & { bucket: number })[]>`
    WITH sample AS (
      SELECT *, (extract(epoch FROM from_at) * 1000 - ${fromMs}::bigint)::float8 / ${everyMs}::int AS from_bucket,
        (extract(epoch FROM to_at) * 1000 - ${fromMs}::bigint)::float8 / ${everyMs}::int AS to_bucket
      FROM session_samples WHERE session_pk = ${pk} AND to_at > ${new Date(fromMs)}
    ), placed AS (
      SELECT *, least(1, greatest(0, (bucket - from_bucket) / (to_bucket - from_bucket))) AS from_part,
        least(1, greatest(0, (bucket + 1 - from_bucket) / (to_bucket - from_bucket))) AS to_part
      FROM sample CROSS JOIN LATERAL
        generate_series(floor(from_bucket)::bigint, ceil(to_bucket)::bigint - 1) AS bucket
    )
    SELECT bucket::int, ${part("lte_upload_bytes")} AS "lteUploadBytes", ${part("lte_download_bytes")} AS "lteDownloadBytes",
      ${part("wifi_upload_bytes")} AS "wifiUploadBytes", ${part("wifi_download_bytes")} AS "wifiDownloadBytes",
      ${part("other_upload_bytes")} AS "otherUploadBytes", ${part("other_download_bytes")} AS "otherDownloadBytes"
    FROM placed GROUP BY 1`;
  return new Map(rows.map(({ bucket, ...bytes }) => [bucket, bytes]));
}

/** How much of a span lies in gaps, which do not overlap. */
function gapMsWithin(gaps: readonly ReportGap[], fromMs: number, toMs: number): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, Math.min(toMs, gap.toMs) - Math.max(fromMs, gap.fromMs)), 0);
}

/**
 * A session's bytes by access in buckets from its start, or from a day ago, to its end, or to the last report. Null
 * where reports cover no more than half of the bucket's time.
 */
export async function readSessionSamples(database: Database, source: SampleSource, nowMs: number): Promise<Samples> {
  const range = rangeOf(source, nowMs);
  const { fromMs, toMs, everyMs, count } = range;
  const from = new Date(fromMs).toISOString();
  if (count === 0) return { from, everyMs, buckets: [] };
  const [bytes, noted] = await Promise.all([
    readBytes(database, source.pk, range),
    findReportGaps(database, { nodeId: source.nodeId, epoch: source.epoch, fromMs }),
  ]);
  const silentFromMs = source.reportedAt.getTime();
  const gaps = silentFromMs < toMs ? [...noted, { fromMs: silentFromMs, toMs }] : noted;
  const buckets = Array.from({ length: count }, (_, index) => {
    const bucketFromMs = Math.max(fromMs + index * everyMs, source.startedAt.getTime());
    const bucketToMs = Math.min(fromMs + (index + 1) * everyMs, toMs);
    const isKnown = 2 * gapMsWithin(gaps, bucketFromMs, bucketToMs) < Math.max(1, bucketToMs - bucketFromMs);
    return isKnown ? (bytes.get(index) ?? emptyBucket) : null;
  });
  return { from, everyMs, buckets };
}
