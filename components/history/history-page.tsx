"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChartSpline, Download, Table2 } from "lucide-react";
import { useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { queryString } from "@/components/api/query-string";
import { ChartTable } from "@/components/charts/chart-table";
import { ShareBar } from "@/components/policy/share-bar";
import { Page, PageHeader } from "@/components/shell/page-header";
import { subscriberEditors } from "@/components/shell/pages";
import { usePreferences } from "@/components/shell/preferences";
import { useMay } from "@/components/shell/staff";
import { formatTime, zoneName } from "@/components/time/format-time";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckBox } from "@/components/ui/check-box";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { type History, type HistoryBy, historySchema } from "@/lib/contracts/history";
import { errorMessage } from "@/lib/shared/errors";
import { formatBitRate } from "@/lib/shared/units";
import { HistoryChart } from "./history-chart";
import { bucketName, type HistoryRange, spanOf, summariseHistory } from "./prepare-history";
import { RangePicker } from "./range-picker";

const byOptions = [
  { value: "access", label: "By access" },
  { value: "class", label: "By class" },
  { value: "node", label: "By node" },
] as const;
const zones = [
  { value: "utc", label: "UTC" },
  { value: "local", label: "Local" },
] as const;
const plotClass = "h-80";

function useHistory(by: HistoryBy, range: HistoryRange, isCompared: boolean) {
  const asked = (nowMs: number) =>
    queryString({ by, ...spanOf(range, nowMs), compare: isCompared ? "week" : "nothing" });
  const query = useQuery({
    queryKey: queryKeys.history(by, range, isCompared),
    queryFn: ({ signal }) => fetchJson(historySchema, `/api/history${asked(Date.now())}`, { signal }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  return { query, asked };
}

/** Bytes of each subscriber on the range's days (UTC), as a file. */
function usageHref(range: HistoryRange, nowMs: number): string {
  const { from, to } = spanOf(range, nowMs);
  return `/api/usage/export${queryString({ from: from.slice(0, 10), to: to.slice(0, 10) })}`;
}

/** What went through the proxies over hours and days: by access, class or node. */
export function HistoryPage() {
  const { zone, set } = usePreferences();
  const [by, setBy] = useState<HistoryBy>("access");
  const [range, setRange] = useState<HistoryRange>({ preset: "24h" });
  const [isCompared, setCompared] = useState(false);
  const { query: history, asked } = useHistory(by, range, isCompared);
  const mayExportUsage = useMay(subscriberEditors);
  return (
    <Page>
      <PageHeader title="History">
        <span className="grow" />
        <Segmented label="Time zone" value={zone} options={zones} onValue={(next) => set({ zone: next })} />
        {mayExportUsage && history.data !== undefined ? (
          <a href={usageHref(range, history.dataUpdatedAt)} download className={buttonClass()}>
            <Download size={14} aria-hidden />
            Usage by day (CSV)
          </a>
        ) : null}
        {history.data === undefined ? null : (
          <a href={`/api/history/export${asked(history.dataUpdatedAt)}`} download className={buttonClass()}>
            <Download size={14} aria-hidden />
            Export CSV
          </a>
        )}
      </PageHeader>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <RangePicker range={range} onRange={setRange} />
        <Segmented label="Split" value={by} options={byOptions} onValue={setBy} />
        <CheckBox label="Compare with the week before" state={isCompared} onState={setCompared} className="min-h-8" />
      </div>
      {history.isPending ? <Skeleton className="h-96" /> : null}
      {history.isError ? (
        <ErrorState
          title="The history could not be read"
          detail={errorMessage(history.error)}
          onRetry={() => history.refetch()}
        />
      ) : null}
      {history.data === undefined ? null : <HistoryCards history={history.data} />}
    </Page>
  );
}

function HistoryCards({ history }: { history: History }) {
  const { zone } = usePreferences();
  const [hasTable, setTable] = useState(false);
  const summary = summariseHistory(history, (at) => formatTime(at, "date-time", zone));
  const isEmpty = history.total.points.every((point) => point === null);
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Card
        title="Throughput, both directions"
        note={`Mean of ${bucketName(history.bucketMinutes)} a point, with the total's lowest and highest minute; ${zoneName(zone)}`}
        actions={
          <Button variant="ghost" size="sm" aria-pressed={hasTable} onClick={() => setTable(!hasTable)}>
            {hasTable ? <ChartSpline size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
            {hasTable ? "Chart" : "Table"}
          </Button>
        }
      >
        {isEmpty ? (
          <EmptyState title="Nothing was reported in this span" className={plotClass}>
            Choose a longer or a later one. Every minute in which a node reported becomes part of the chart.
          </EmptyState>
        ) : null}
        {isEmpty || hasTable ? null : <HistoryChart history={history} label={summary} />}
        {hasTable && !isEmpty ? <HistoryTable history={history} caption={summary} /> : null}
        {isEmpty ? null : <p className="pt-2 text-ink-2 text-sm">{summary}</p>}
      </Card>
      <Card title="LTE share by class" note="All bytes of the span; the target is that of the policy in force now">
        {history.shares.length === 0 ? <p className="text-ink-2 text-sm">No policy is published yet.</p> : null}
        <ul className="flex flex-col gap-3">
          {history.shares.map(({ id, name, achievedPercent, targetPercent }) => (
            <li key={id}>
              <p className="truncate font-medium text-sm">{name}</p>
              <ShareBar achievedPercent={achievedPercent} targetPercent={targetPercent} achievedOver="in this span" />
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function HistoryTable({ history, caption }: { history: History; caption: string }) {
  const { zone } = usePreferences();
  const { series, total, weekBefore, buckets } = history;
  const columns = [
    ...series.map(({ id, name, points }) => ({ id, label: name, values: points.map((point) => point?.avg ?? null) })),
    { id: "total", label: "Total", values: total.points.map((point) => point?.avg ?? null) },
    { id: "min", label: "Lowest minute", values: total.points.map((point) => point?.min ?? null) },
    { id: "max", label: "Highest minute", values: total.points.map((point) => point?.max ?? null) },
    ...(weekBefore === null
      ? []
      : [{ id: "week-before", label: "Week before", values: weekBefore.map((point) => point?.avg ?? null) }]),
  ];
  return (
    <ChartTable
      caption={caption}
      xName="Time"
      xs={buckets.map((at) => Date.parse(at))}
      formatX={(x) => formatTime(x, "date-time", zone)}
      columns={columns}
      formatValue={formatBitRate}
      className={plotClass}
    />
  );
}
