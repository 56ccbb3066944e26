import type { History, HistoryPoint, HistorySeries } from "@/lib/contracts/history";
import { formatBitRate } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";

export const rangeChoices = [
  { value: "1h", label: "1 h", minutes: 60 },
  { value: "6h", label: "6 h", minutes: 360 },
  { value: "24h", label: "24 h", minutes: 1440 },
  { value: "7d", label: "7 d", minutes: 10_080 },
  { value: "30d", label: "30 d", minutes: 43_200 },
] as const;

export type Preset = (typeof rangeChoices)[number]["value"];
/** A span that ends now, or one that was chosen. */
export type HistoryRange = { preset: Preset } | { from: string; to: string };

const minuteMs = 60_000;

export function spanOf(range: HistoryRange, nowMs: number): { from: string; to: string } {
  if ("from" in range) return range;
  const minutes = rangeChoices.find(({ value }) => value === range.preset)?.minutes ?? 0;
  return { from: new Date(nowMs - minutes * minuteMs).toISOString(), to: new Date(nowMs).toISOString() };
}

/** The most lines beside the total; the others are in the table. */
const maxDrawn = 3;

export type HistoryRow = {
  at: number;
  /** Means, by the place of a drawn series. */
  values: (number | null)[];
  total: number | null;
  /** Lowest and highest minute of the total. */
  band: [number, number] | null;
  weekBefore: number | null;
};

export function drawnSeries({ by, series }: History): HistorySeries[] {
  const drawn = series.slice(0, maxDrawn);
  // On a stack an access keeps its place, whichever was busier.
  return by === "access" ? ["wifi", "lte", "other"].flatMap((id) => drawn.filter((one) => one.id === id)) : drawn;
}

const avgOf = (point: HistoryPoint | undefined): number | null => point?.avg ?? null;

/**
 * What a chart draws, bucket by bucket; a gap has null everywhere. Before a gap and at the end the last bucket's values
 * stand once more where it ends: drawn as steps, a bucket is then as wide as the time it is about.
 */
export function historyRows(history: History): HistoryRow[] {
  const lastMs = history.bucketMinutes * minuteMs - 1;
  const rows = bucketRows(history);
  return rows.flatMap((row, index) => {
    const next = rows[index + 1];
    const isEnd = isKnown(row) && (next === undefined || !isKnown(next));
    return isEnd ? [row, { ...row, at: row.at + lastMs }] : [row];
  });
}

const isKnown = ({ total, weekBefore }: HistoryRow) => total !== null || weekBefore !== null;

function bucketRows(history: History): HistoryRow[] {
  const drawn = drawnSeries(history);
  return history.buckets.map((at, index) => {
    const total = history.total.points[index] ?? null;
    return {
      at: Date.parse(at),
      values: drawn.map(({ points }) => avgOf(points[index])),
      total: avgOf(total),
      band: total === null ? null : [total.min, total.max],
      weekBefore: avgOf(history.weekBefore?.[index]),
    };
  });
}

const known = (points: readonly HistoryPoint[]) => points.filter((point) => point !== null);
const meanOf = (points: readonly HistoryPoint[]): number | null => {
  const values = known(points);
  return values.length === 0 ? null : values.reduce((sum, { avg }) => sum + avg, 0) / values.length;
};

/** The history in a sentence or three. */
export function summariseHistory(t: Translate, history: History, formatAt: (at: number) => string): string {
  const { buckets, total, weekBefore } = history;
  const mean = meanOf(total.points);
  if (mean === null) return t("history.noNodeReportedInThisSpan");
  const highest = Math.max(...known(total.points).map(({ max }) => max));
  const at = buckets[total.points.findIndex((point) => point?.max === highest)] ?? "";
  const gaps = total.points.filter((point) => point === null).length;
  const before = weekBefore === null ? null : meanOf(weekBefore);
  return [
    t("history.totalOnAverageAtMostIn", {
      bitRate: formatBitRate(mean),
      bitRate2: formatBitRate(highest),
      at: formatAt(Date.parse(at)),
    }),
    ...(gaps === 0 ? [] : [t("history.ofPointsAreGapsNoNode", { gaps, count: buckets.length })]),
    ...(weekBefore === null
      ? []
      : [
          before === null
            ? t("history.nothingIsKnownOfTheWeek")
            : t("history.theWeekBefore", { bitRate: formatBitRate(before) }),
        ]),
  ].join(" ");
}

/** How wide a point is: "1 min", "2 h". */
export function bucketName(t: Translate, minutes: number): string {
  return minutes < 60 ? t("history.min", { minutes: String(minutes) }) : `${minutes / 60} h`;
}
