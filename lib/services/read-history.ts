import { accessSchema } from "@/lib/contracts/access";
import {
  type History,
  type HistoryBy,
  type HistoryPoint,
  type HistoryQuery,
  type HistorySeries,
  historySchema,
} from "@/lib/contracts/history";
import { type Database, Prisma } from "@/lib/db/client";
import { fromReplica } from "@/lib/db/read-replica";
import { type Buckets, bucketStarts, chooseBuckets } from "./history-buckets";
import { findPolicyState } from "./policy-state";

const weekMs = 7 * 24 * 3_600_000;
const bitsPerSecondOfMinute = 8 / 60;
const accessNames = { lte: "LTE", wifi: "WiFi", other: "Other" } as const;
/** More nodes, classes or white-lists than these are in the total only. */
const maxSeries = 24;

/** Bytes of one series and minute. `reporter`: whose silence in a minute makes it unknown. */
function minutesOf(by: HistoryBy | "total", from: Date, to: Date): Prisma.Sql {
  const span = Prisma.sql`WHERE minute >= ${from} AND minute < ${to}`;
  const bytes = Prisma.sql`sum(upload_bytes + download_bytes)::float8 AS bytes`;
  switch (by) {
    case "access":
      return Prisma.sql`SELECT minute, access::text AS id, ${bytes} FROM usage_minutes ${span} GROUP BY 1, 2`;
    case "node":
      return Prisma.sql`SELECT minute, node_id AS id, ${bytes} FROM usage_minutes ${span} GROUP BY 1, 2`;
    case "class":
      return Prisma.sql`SELECT minute, service_class_id AS id, total_bytes::float8 AS bytes FROM class_minutes ${span}`;
    case "white-list":
      return Prisma.sql`SELECT minute, white_list_id AS id, total_bytes::float8 AS bytes FROM white_list_minutes ${span}`;
    case "total":
      return Prisma.sql`SELECT minute, 'total' AS id, ${bytes} FROM usage_minutes ${span} GROUP BY 1`;
  }
}

type BucketRow = { id: string; bucket: number; bytes: number; min: number; max: number; minutes: number };
type ReportedRow = { bucket: number; minutes: number };

function bucketOf({ fromMs, bucketMinutes }: Buckets): Prisma.Sql {
  return Prisma.sql`floor((extract(epoch FROM minute) - ${fromMs / 1000}::float8) / ${bucketMinutes * 60}::float8)::int`;
}

async function readRows(database: Database, by: HistoryBy | "total", buckets: Buckets): Promise<BucketRow[]> {
  const [from, to] = [new Date(buckets.fromMs), new Date(buckets.toMs)];
  return database.$queryRaw<BucketRow[]>`
    SELECT id, ${bucketOf(buckets)} AS bucket, sum(bytes) AS bytes, min(bytes) AS min, max(bytes) AS max,
      count(*)::int AS minutes
    FROM (${minutesOf(by, from, to)}) minutes GROUP BY 1, 2`;
}

/** How many minutes of each bucket some node reported. */
async function readReported(database: Database, buckets: Buckets): Promise<ReadonlyMap<number, number>> {
  const rows = await database.$queryRaw<ReportedRow[]>`
    SELECT ${bucketOf(buckets)} AS bucket, count(DISTINCT minute)::int AS minutes FROM usage_minutes
    WHERE minute >= ${new Date(buckets.fromMs)} AND minute < ${new Date(buckets.toMs)} GROUP BY 1`;
  return new Map(rows.map(({ bucket, minutes }) => [bucket, minutes]));
}

/** A minute that was reported without the series had none of it; a bucket that nobody reported is a gap. */
function pointOf(row: BucketRow | undefined, reported: number): HistoryPoint {
  const minutes = Math.max(row?.minutes ?? 0, reported);
  if (minutes === 0) return null;
  if (row === undefined) return { min: 0, avg: 0, max: 0 };
  const isWhole = row.minutes >= minutes;
  return {
    min: isWhole ? row.min * bitsPerSecondOfMinute : 0,
    avg: (row.bytes / minutes) * bitsPerSecondOfMinute,
    max: row.max * bitsPerSecondOfMinute,
  };
}

type Named = { id: string; name: string };

function seriesOf(
  { id, name }: Named,
  rows: readonly BucketRow[],
  reportedIn: (bucket: number) => number,
  count: number,
): HistorySeries {
  const byBucket = new Map(rows.map((row) => [row.bucket, row]));
  return {
    id,
    name,
    totalBytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    points: Array.from({ length: count }, (_, bucket) => pointOf(byBucket.get(bucket), reportedIn(bucket))),
  };
}

async function namesOf(database: Database, by: HistoryBy): Promise<Named[]> {
  if (by === "access") return accessSchema.options.map((id) => ({ id, name: accessNames[id] }));
  if (by === "node")
    return database.node.findMany({
      where: { kind: "proxy" },
      select: { id: true, name: true },
      orderBy: { id: "asc" },
    });
  const policy = (await findPolicyState(database))?.inForce;
  const named = (by === "class" ? policy?.serviceClasses : policy?.whiteLists) ?? [];
  return named.map(({ id, name }) => ({ id, name }));
}

async function readSeries(database: Database, by: HistoryBy, buckets: Buckets): Promise<HistorySeries[]> {
  const [rows, reported, named] = await Promise.all([
    readRows(database, by, buckets),
    readReported(database, buckets),
    namesOf(database, by),
  ]);
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const ids = [...new Set([...names.keys(), ...rows.map(({ id }) => id)])];
  // A node that is silent is not known to be idle, whatever the others say.
  const reportedIn = (bucket: number): number => (by === "node" ? 0 : (reported.get(bucket) ?? 0));
  return ids
    .map((id) =>
      seriesOf(
        { id, name: names.get(id) ?? id },
        rows.filter((row) => row.id === id),
        reportedIn,
        buckets.count,
      ),
    )
    .filter(({ id, totalBytes }) => id !== "other" || totalBytes > 0)
    .sort((one, another) => another.totalBytes - one.totalBytes)
    .slice(0, maxSeries);
}

async function readTotal(database: Database, buckets: Buckets): Promise<HistorySeries> {
  return seriesOf({ id: "total", name: "Total" }, await readRows(database, "total", buckets), () => 0, buckets.count);
}

async function readShares(database: Database, { fromMs, toMs }: Buckets): Promise<History["shares"]> {
  const [state, sums] = await Promise.all([
    findPolicyState(database),
    database.classMinute.groupBy({
      by: ["serviceClassId"],
      where: { minute: { gte: new Date(fromMs), lt: new Date(toMs) } },
      _sum: { lteBytes: true, totalBytes: true },
    }),
  ]);
  const achieved = new Map(
    sums.map(({ serviceClassId, _sum }) => {
      const total = Number(_sum.totalBytes ?? 0n);
      return [serviceClassId, total === 0 ? null : (100 * Number(_sum.lteBytes ?? 0n)) / total];
    }),
  );
  return (state?.inForce.serviceClasses ?? []).map(({ id, name, steering, lteSharePercent }) => ({
    id,
    name,
    targetPercent: steering === "lte-share" ? lteSharePercent : null,
    achievedPercent: achieved.get(id) ?? null,
  }));
}

/**
 * Bit rates over a span of up to 31 days, in buckets with lowest, mean and highest minute, so that dips survive; buckets
 * that nobody reported are null. With the same span a week before, and each class's share of LTE.
 */
export async function readHistory(query: HistoryQuery, now = new Date()): Promise<History> {
  const buckets = chooseBuckets(Date.parse(query.from), Date.parse(query.to), now.getTime());
  const before = { ...buckets, fromMs: buckets.fromMs - weekMs, toMs: buckets.toMs - weekMs };
  const [total, series, weekBefore, shares] = await fromReplica((database) =>
    Promise.all([
      readTotal(database, buckets),
      readSeries(database, query.by, buckets),
      query.compare === "week" ? readTotal(database, before) : null,
      readShares(database, buckets),
    ]),
  );
  return historySchema.parse({
    by: query.by,
    bucketMinutes: buckets.bucketMinutes,
    buckets: bucketStarts(buckets),
    total,
    series,
    weekBefore: weekBefore?.points ?? null,
    shares,
  });
}
