import clsx from "clsx";
import { useTranslations } from "next-intl";
import { Td, Th, Tr } from "@/components/ui/table";
import type { ChartValue } from "./chart-data";

type ChartTableProps = {
  caption: string;
  xName: string;
  xs: readonly number[];
  formatX: (x: number) => string;
  columns: readonly { id: string; label: string; values: readonly ChartValue[] }[];
  formatValue: (value: number) => string;
  className?: string | undefined;
};

const mostRows = 60;

/** The chart's twin: the same figures, at most 60 evenly picked rows, gaps named. */
export function ChartTable({ caption, xName, xs, formatX, columns, formatValue, className }: ChartTableProps) {
  const t = useTranslations();
  const every = Math.max(1, Math.ceil(xs.length / mostRows));
  const picked = xs.flatMap((x, index) => ((xs.length - 1 - index) % every === 0 ? [{ x, index }] : []));
  return (
    <section
      aria-label={t("charts.tableOfTheChart")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className={clsx("relative overflow-auto", className)}
    >
      <table className="w-full text-left text-sm tnum">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-surface">
          <tr>
            <Th>{xName}</Th>
            {columns.map((column) => (
              <Th key={column.id} className="text-right">
                {column.label}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {picked.map(({ x, index }) => (
            <Tr key={x}>
              <Td className="h-7 py-0">{formatX(x)}</Td>
              {columns.map((column) => {
                const value = column.values[index] ?? null;
                return (
                  <Td key={column.id} className="h-7 py-0 text-right">
                    {value === null ? t("common.noData") : formatValue(value)}
                  </Td>
                );
              })}
            </Tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
