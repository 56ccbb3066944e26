"use client";

import { useTranslations } from "next-intl";
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime } from "@/components/time/format-time";
import type { History } from "@/lib/contracts/history";
import { formatBitRate } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { HistoryLegend } from "./history-legend";
import { lookOf } from "./history-looks";
import { drawnSeries, type HistoryRow, historyRows } from "./prepare-history";

const dayMs = 24 * 3_600_000;
const axis = { stroke: "var(--ink-3)", fontSize: 12, tickLine: false, axisLine: false } as const;
const still = { isAnimationActive: false, connectNulls: false, dot: false, activeDot: false } as const;

/** Accesses as a stack under their total, classes and nodes as lines; the band is the total's lowest and highest minute. */
export function HistoryChart({ history, label }: { history: History; label: string }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const rows = historyRows(history);
  const drawn = drawnSeries(history);
  const isStack = history.by === "access";
  const spanMs = (rows.at(-1)?.at ?? 0) - (rows[0]?.at ?? 0);
  const formatTick = (at: number) =>
    spanMs > 2 * dayMs ? formatTime(t, at, "day", zone) : formatTime(t, at, "minute", zone);
  return (
    <>
      <HistoryLegend history={history} />
      <div role="img" aria-label={label} className="h-80">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 800, height: 320 }}>
          <ComposedChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              {...axis}
              dataKey="at"
              type="number"
              scale="time"
              domain={["dataMin", "dataMax"]}
              minTickGap={48}
              tickFormatter={formatTick}
            />
            <YAxis {...axis} width={76} tickFormatter={formatBitRate} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: "var(--ink-3)" }}
              content={({ active, payload }) => {
                const row = payload?.[0]?.payload as HistoryRow | undefined;
                return active && row !== undefined ? (
                  <RowFigures row={row} history={history} title={formatTime(t, row.at, "date-time", zone)} />
                ) : null;
              }}
            />
            <Area {...still} type="stepAfter" dataKey="band" stroke="none" fill="var(--ink)" fillOpacity={0.1} />
            {drawn.map(({ id }, place) => {
              const { color, dash } = lookOf(history.by, id, place);
              const look = { stroke: color, ...(dash === null ? {} : { strokeDasharray: dash }) };
              const dataKey = (row: HistoryRow) => row.values[place] ?? null;
              return isStack ? (
                <Area
                  key={id}
                  {...still}
                  {...look}
                  type="stepAfter"
                  stackId="access"
                  dataKey={dataKey}
                  fill={color}
                  fillOpacity={0.55}
                />
              ) : (
                <Line key={id} {...still} {...look} type="stepAfter" dataKey={dataKey} strokeWidth={2} />
              );
            })}
            <Line {...still} type="stepAfter" dataKey="total" stroke="var(--ink)" strokeWidth={1.5} />
            {history.weekBefore === null ? null : (
              <Line
                {...still}
                type="stepAfter"
                dataKey="weekBefore"
                stroke="var(--ink-3)"
                strokeDasharray="2 3"
                strokeWidth={1.5}
              />
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </>
  );
}

const rateText = (t: Translate, value: number | null): string =>
  value === null ? t("common.noData") : formatBitRate(value);

function RowFigures({ row, history, title }: { row: HistoryRow; history: History; title: string }) {
  const t = useTranslations();
  const lines: [string, string][] = [
    ...drawnSeries(history).map(({ name }, place): [string, string] => [name, rateText(t, row.values[place] ?? null)]),
    [t("common.total"), rateText(t, row.total)],
    [
      t("history.lowestHighestMinute"),
      row.band === null ? t("common.noData") : row.band.map(formatBitRate).join(" – "),
    ],
    ...(history.weekBefore === null
      ? []
      : [[t("history.weekBefore"), rateText(t, row.weekBefore)] as [string, string]]),
  ];
  return (
    <div className="rounded-md border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-pop">
      <p className="pb-1 font-medium">{title}</p>
      {lines.map(([name, text]) => (
        <p key={name} className="flex justify-between gap-4 tnum">
          <span className="text-ink-2">{name}</span>
          {text}
        </p>
      ))}
    </div>
  );
}
