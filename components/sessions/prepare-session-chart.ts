import { type AccessRow, accessSeries } from "@/components/charts/access-series";
import type { ChartData } from "@/components/charts/chart-data";
import { highestValue } from "@/components/charts/prepare-stack";
import type { Access } from "@/lib/contracts/access";
import type { SessionDetail } from "@/lib/contracts/portal";
import { bitsPerSecond, formatBitRate, formatDuration } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";

export type SessionDirection = "download" | "upload";

const countedAs = {
  download: { lte: "lteDownloadBytes", wifi: "wifiDownloadBytes", other: "otherDownloadBytes" },
  upload: { lte: "lteUploadBytes", wifi: "wifiUploadBytes", other: "otherUploadBytes" },
} as const satisfies Record<SessionDirection, Record<Access, string>>;

/** The chart's axis: time since the session began, in the unit that reads best. */
export type TimeUnit = { name: "s" | "min" | "h"; ms: number };

const units: readonly TimeUnit[] = [
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
];
const seconds: TimeUnit = { name: "s", ms: 1000 };
/** A rate over less than this is noise. */
const shortestMs = 250;

export type SessionChart = {
  data: ChartData;
  unit: TimeUnit;
  startMs: number;
  xRange: readonly [number, number];
  summary: string;
};

type Bucket = SessionDetail["samples"]["buckets"][number];

function rowOf(bucket: Bucket, direction: SessionDirection, coveredMs: number): AccessRow {
  const rate = (access: Access) =>
    bucket === null ? null : bitsPerSecond(bucket[countedAs[direction][access]], Math.max(shortestMs, coveredMs));
  return { lte: rate("lte"), wifi: rate("wifi"), other: rate("other") };
}

/** Where something that happened at `at` lies on the chart's axis. */
export function placeOf({ startMs, unit }: Pick<SessionChart, "startMs" | "unit">, at: string): number {
  return (Date.parse(at) - startMs) / unit.ms;
}

/** A place on the chart's axis, in the chart's own unit: "90 s", "1.5 min". */
export function formatPlace({ unit }: Pick<SessionChart, "unit">, x: number): string {
  return `${Number(x.toFixed(2))} ${unit.name}`;
}

/** The direction that carried more. */
export function mainDirection({ uploadBytes, downloadBytes }: SessionDetail): SessionDirection {
  return uploadBytes > downloadBytes ? "upload" : "download";
}

/**
 * Bit rates by access over a session's life, each in the middle of its bucket; null stays a gap. The first and the last
 * bucket count for the part of them in which the session ran. Null where there are fewer than two figures to draw.
 */
export function prepareSessionChart(
  t: Translate,
  session: SessionDetail,
  direction: SessionDirection,
): SessionChart | null {
  const { from, everyMs, buckets } = session.samples;
  const fromMs = Date.parse(from);
  const startMs = Date.parse(session.startedAt);
  const bucketsEndMs = fromMs + buckets.length * everyMs;
  const endMs = session.end === null ? bucketsEndMs : Math.min(bucketsEndMs, Date.parse(session.end.at));
  if (buckets.filter((bucket) => bucket !== null).length < 2) return null;
  const unit = units.find(({ ms }) => endMs - startMs >= 3 * ms) ?? seconds;
  const spans = buckets.map((_, index) => ({
    beginMs: Math.max(startMs, fromMs + index * everyMs),
    stopMs: Math.min(endMs, fromMs + (index + 1) * everyMs),
  }));
  const rows = buckets.map((bucket, index) => {
    const { beginMs = 0, stopMs = 0 } = spans[index] ?? {};
    return rowOf(bucket, direction, stopMs - beginMs);
  });
  const data: ChartData = {
    xs: spans.map(({ beginMs, stopMs }) => ((beginMs + stopMs) / 2 - startMs) / unit.ms),
    series: accessSeries(t, rows),
  };
  const total = data.series.find(({ id }) => id === "total")?.values ?? [];
  const span = formatDuration(endMs - Math.max(startMs, fromMs));
  return {
    data,
    unit,
    startMs,
    xRange: [(Math.max(startMs, fromMs) - startMs) / unit.ms, (endMs - startMs) / unit.ms],
    summary: t("sessions.ofTheSessionOverAtMost", {
      direction: direction === "upload" ? t("common.upload") : t("common.download"),
      span,
      bitRate: formatBitRate(highestValue(total)),
    }),
  };
}
