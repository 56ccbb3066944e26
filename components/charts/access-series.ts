import type { Access } from "@/lib/contracts/access";
import type { Translate } from "@/lib/words/translate";
import type { ChartSeries, ChartValue } from "./chart-data";

export type AccessRow = Record<Access, ChartValue>;

function totalOf({ lte, wifi, other }: AccessRow): ChartValue {
  return lte === null && wifi === null && other === null ? null : (lte ?? 0) + (wifi ?? 0) + (other ?? 0);
}

/** Rates by access as a stack, WiFi lowest, with the labelled line of their total; other accesses where there are any. */
export function accessSeries(t: Translate, rows: readonly AccessRow[]): ChartSeries[] {
  const hasOther = rows.some((row) => (row.other ?? 0) > 0);
  return [
    { id: "wifi", label: "WiFi", tone: "wifi", kind: "stack", values: rows.map((row) => row.wifi) },
    { id: "lte", label: "LTE", tone: "lte", kind: "stack", values: rows.map((row) => row.lte) },
    ...(hasOther
      ? [
          {
            id: "other",
            label: t("common.other"),
            tone: "other",
            kind: "stack",
            values: rows.map((row) => row.other),
          } as const,
        ]
      : []),
    { id: "total", label: t("common.total"), tone: "total", kind: "line", values: rows.map(totalOf), isLabelled: true },
  ];
}
