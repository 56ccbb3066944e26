import clsx from "clsx";
import { useTranslations } from "next-intl";
import { AccessMark } from "@/components/ui/access-mark";
import type { ChartData } from "./chart-data";
import { formatInUnit, type RateUnit } from "./prepare-scale";
import { lastValue } from "./prepare-stack";

type ChartLegendProps = {
  data: ChartData;
  cursorIndex: number | null;
  formatCursor: (x: number) => string;
  /** The axis' unit: one for all values, so that they compare at a glance. */
  unit: RateUnit;
};

/** Names, line samples and values: under the crosshair, else the newest. The axis shows the unit, too. */
export function ChartLegend({ data, cursorIndex, formatCursor, unit }: ChartLegendProps) {
  const t = useTranslations();
  const index = cursorIndex === null ? null : Math.min(cursorIndex, data.xs.length - 1);
  const x = index === null ? undefined : data.xs[index];
  return (
    <ul className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {[...data.series].reverse().map((series) => {
        if (series.kind === "stack" && lastValue(series.values) === null) return null;
        const value = x === undefined ? lastValue(series.values) : (series.values[index ?? 0] ?? null);
        return (
          <li key={series.id} className="flex items-center gap-1.5 whitespace-nowrap">
            <AccessMark tone={series.tone} />
            <span className="text-ink-2">{series.label}</span>
            <span className="min-w-9 font-medium tnum">{value === null ? "–" : formatInUnit(value, unit)}</span>
          </li>
        );
      })}
      <li className="sr-only">{unit.unit}</li>
      {/* There without a crosshair too: its line, where it takes one, moves nothing as it comes. */}
      <li className={clsx("whitespace-nowrap text-ink-3 tnum", x === undefined && "invisible")}>
        {t("charts.at", { cursor: formatCursor(x ?? data.xs.at(-1) ?? 0) })}
      </li>
    </ul>
  );
}
