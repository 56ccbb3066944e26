import { AccessMark } from "@/components/ui/access-mark";
import { formatBitRate } from "@/lib/shared/units";
import type { ChartData } from "./chart-data";
import { lastValue } from "./prepare-stack";

type ChartLegendProps = {
  data: ChartData;
  cursorIndex: number | null;
  formatCursor: (x: number) => string;
};

/** Names, line samples and values: under the crosshair, else the newest. */
export function ChartLegend({ data, cursorIndex, formatCursor }: ChartLegendProps) {
  const x = cursorIndex === null ? undefined : data.xs[cursorIndex];
  return (
    <ul className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {[...data.series].reverse().map((series) => {
        if (series.kind === "stack" && lastValue(series.values) === null) return null;
        const value = x === undefined ? lastValue(series.values) : (series.values[cursorIndex ?? 0] ?? null);
        return (
          <li key={series.id} className="flex items-center gap-1.5 whitespace-nowrap">
            <AccessMark tone={series.tone} />
            <span className="text-ink-2">{series.label}</span>
            <span className="min-w-18 font-medium tnum">{value === null ? "–" : formatBitRate(value)}</span>
          </li>
        );
      })}
      <li className="text-ink-3 text-xs tnum">{x === undefined ? "" : `at ${formatCursor(x)}`}</li>
    </ul>
  );
}
