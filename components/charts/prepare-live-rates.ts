import type { LiveRate } from "@/lib/contracts/live";
import { formatBitRate } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { type AccessRow, accessSeries } from "./access-series";
import type { ChartData } from "./chart-data";
import { highestValue, lastValue } from "./prepare-stack";

/** The live chart shows this much. */
export const liveWindowMs = 120_000;
/** Reports further apart than this leave a gap. */
const gapMs = 3000;

export type Direction = "downloadBps" | "uploadBps";

type Row = AccessRow & { x: number };

/**
 * The last two minutes of rates as a stack by access with its total.
 *
 * `x` is seconds before `nowMs` (0 is now, -120 the left edge), rates are bit/s. Minutes without a report stay empty.
 */
export function prepareLiveRates(
  t: Translate,
  rates: readonly LiveRate[],
  direction: Direction,
  nowMs: number,
): ChartData {
  const rows: Row[] = [];
  let beforeMs: number | null = null;
  for (const rate of rates) {
    const atMs = Date.parse(rate.at);
    if (atMs < nowMs - liveWindowMs) continue;
    if (beforeMs !== null && atMs - beforeMs > gapMs) {
      rows.push({ x: (beforeMs + 1 - nowMs) / 1000, lte: null, wifi: null, other: null });
    }
    rows.push({ x: (atMs - nowMs) / 1000, ...rate[direction] });
    beforeMs = atMs;
  }
  return { xs: rows.map((row) => row.x), series: accessSeries(t, rows) };
}

/** Mean rates over the newest second: digits that can be read. Null where nothing was reported. */
export function prepareCurrentRates(
  rates: readonly LiveRate[],
  direction: Direction,
): { lte: number; wifi: number; other: number; total: number } | null {
  const newest = rates.at(-1);
  if (newest === undefined) return null;
  const sinceMs = Date.parse(newest.at) - 1000;
  const recent = rates.filter((rate) => Date.parse(rate.at) > sinceMs);
  const mean = (access: "lte" | "wifi" | "other") =>
    recent.reduce((sum, rate) => sum + rate[direction][access], 0) / recent.length;
  const [lte, wifi, other] = [mean("lte"), mean("wifi"), mean("other")];
  return { lte, wifi, other, total: lte + wifi + other };
}

/** The live chart in a sentence. */
export function summariseLiveRates(t: Translate, data: ChartData, name: string): string {
  const values = (id: string) => data.series.find((series) => series.id === id)?.values ?? [];
  const now = lastValue(values("total"));
  if (now === null) return t("charts.nothingWasReportedInTheLast", { name });
  const lte = lastValue(values("lte")) ?? 0;
  const share = now > 0 ? t("charts.ofItOverLte", { lte: String(Math.round((lte / now) * 100)) }) : "";
  return t("charts.overTheLastTwoMinutesNow", {
    name,
    bitRate: formatBitRate(now),
    share,
    bitRate2: formatBitRate(highestValue(values("total"))),
  });
}
