"use client";

import { useQuery } from "@tanstack/react-query";
import { Table2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime, zoneName } from "@/components/time/format-time";
import { AccessMark } from "@/components/ui/access-mark";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { usageSchema } from "@/lib/contracts/portal";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { ChartTable } from "./chart-table";
import { prepareUsage, summariseUsage, sumUsage, type UsageBar, type UsageDirection } from "./prepare-usage";

const minutes = 60;
const directions = (t: Translate) =>
  [
    { value: "downloadBytes", label: t("common.download") },
    { value: "uploadBytes", label: t("common.upload") },
  ] as const;
const names = (t: Translate): Record<UsageDirection, string> => ({
  downloadBytes: t("common.download"),
  uploadBytes: t("common.upload"),
});
const plotClass = "h-56";

/** Bytes per minute over the last hour, by access. */
export function UsageHistory() {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [direction, setDirection] = useState<UsageDirection>("downloadBytes");
  const [hasTable, setTable] = useState(false);
  const usage = useQuery({
    queryKey: queryKeys.usage(minutes),
    queryFn: ({ signal }) => fetchJson(usageSchema, `/api/usage?minutes=${minutes}`, { signal }),
    refetchInterval: 15_000,
  });
  const bars = useMemo(
    () => (usage.data === undefined ? [] : prepareUsage(usage.data, direction)),
    [usage.data, direction],
  );
  const sums = sumUsage(bars);
  const summary = summariseUsage(t, bars, names(t)[direction]);

  return (
    <Card
      title={t("charts.last60Minutes")}
      note={t("charts.bytesAMinute", { zoneName: zoneName(t, zone) })}
      actions={
        <>
          {" "}
          <Button variant="ghost" size="sm" aria-pressed={hasTable} onClick={() => setTable(!hasTable)}>
            <Table2 size={14} aria-hidden />
            {hasTable ? t("common.chart") : t("common.table")}
          </Button>
          <Segmented label={t("common.direction")} value={direction} options={directions(t)} onValue={setDirection} />
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-2 text-sm">
        <Sum tone="lte" label="LTE" bytes={sums.lte} />
        <Sum tone="wifi" label="WiFi" bytes={sums.wifi} />
        {sums.other > 0 ? <Sum tone="other" label={t("common.other")} bytes={sums.other} /> : null}
        <Sum tone="total" label={t("common.total")} bytes={sums.total} />
      </div>
      {usage.isPending ? <Skeleton className={plotClass} /> : null}
      {usage.isError ? (
        <ErrorState
          title={t("charts.theHistoryCouldNotBeRead")}
          detail={errorText(t, usage.error)}
          onRetry={() => usage.refetch()}
        />
      ) : null}
      {usage.isSuccess && hasTable ? (
        <ChartTable
          caption={summary}
          xName={t("charts.minute")}
          xs={bars.map((bar) => Date.parse(bar.at))}
          formatX={(x) => formatTime(t, x, "minute", zone)}
          columns={(["lte", "wifi", "other"] as const).map((access) => ({
            id: access,
            label: { lte: "LTE", wifi: "WiFi", other: t("common.other") }[access],
            values: bars.map((bar) => bar[access]),
          }))}
          formatValue={formatBytes}
          className={plotClass}
        />
      ) : null}
      {usage.isSuccess && !hasTable ? (
        sums.total === 0 ? (
          <EmptyState title={t("charts.noBytesInTheLastHour")} className={plotClass}>
            {t("charts.everyMinuteWithTrafficBecomesA")}
          </EmptyState>
        ) : (
          <UsageBars bars={bars} label={summary} />
        )
      ) : null}
    </Card>
  );
}

function Sum({ tone, label, bytes }: { tone: "lte" | "wifi" | "other" | "total"; label: string; bytes: number }) {
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <AccessMark tone={tone} />
      <span className="text-ink-2">{label}</span>
      <span className="font-medium tnum">{formatBytes(bytes)}</span>
    </span>
  );
}

function UsageBars({ bars, label }: { bars: readonly UsageBar[]; label: string }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const axis = { stroke: "var(--ink-3)", fontSize: 12, tickLine: false, axisLine: false } as const;
  return (
    <div role="img" aria-label={label} className={plotClass}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 208 }}>
        <BarChart
          data={[...bars]}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          barCategoryGap={1}
          accessibilityLayer={false}
        >
          <defs>
            <pattern id="lte-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" fill="var(--lte)" />
              <line x1="0" y1="0" x2="0" y2="5" stroke="var(--surface)" strokeOpacity="0.55" strokeWidth="2.5" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...axis}
            dataKey="at"
            minTickGap={40}
            tickFormatter={(at: string) => formatTime(t, at, "minute", zone)}
          />
          <YAxis {...axis} width={58} tickFormatter={formatBytes} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--ink)", fillOpacity: 0.06 }}
            content={({ active, payload }) => {
              const bar = payload?.[0]?.payload as UsageBar | undefined;
              return active && bar !== undefined ? (
                <BarFigures bar={bar} title={formatTime(t, bar.at, "minute", zone)} />
              ) : null;
            }}
          />
          <Bar dataKey="wifi" stackId="bytes" fill="var(--wifi)" isAnimationActive={false} />
          <Bar dataKey="lte" stackId="bytes" fill="url(#lte-hatch)" isAnimationActive={false} />
          <Bar dataKey="other" stackId="bytes" fill="var(--other)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function BarFigures({ bar, title }: { bar: UsageBar; title: string }) {
  const t = useTranslations();
  const total = (bar.lte ?? 0) + (bar.wifi ?? 0) + (bar.other ?? 0);
  return (
    <div className="rounded-md border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-pop">
      <p className="pb-1 font-medium">{title}</p>
      <Sum tone="lte" label="LTE" bytes={bar.lte ?? 0} />
      <Sum tone="wifi" label="WiFi" bytes={bar.wifi ?? 0} />
      <Sum tone="total" label={t("common.total")} bytes={total} />
    </div>
  );
}
