"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChartSpline, Download, Table2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
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
import { formatBitRate } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { HistoryChart } from "./history-chart";
import { bucketName, type HistoryRange, spanOf, summariseHistory } from "./prepare-history";
import { RangePicker } from "./range-picker";

const byOptions = (t: Translate) =>
  [
    { value: "access", label: t("history.byAccess") },
    { value: "class", label: t("history.byClass") },
    { value: "white-list", label: t("history.byWhiteList") },
    { value: "node", label: t("history.byNode") },
  ] as const;
const zones = (t: Translate) =>
  [
    { value: "utc", label: "UTC" },
    { value: "local", label: t("history.local") },
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

/** What went through the proxies over hours and days: by access, class, white-list or node. */
export function HistoryPage() {
  const t = useTranslations();
  const { zone, set } = usePreferences();
  const [by, setBy] = useState<HistoryBy>("access");
  const [range, setRange] = useState<HistoryRange>({ preset: "24h" });
  const [isCompared, setCompared] = useState(false);
  const { query: history, asked } = useHistory(by, range, isCompared);
  const mayExportUsage = useMay(subscriberEditors);
  return (
    <Page>
      <PageHeader
        title={t("history.history")}
        actions={
          <>
            <Segmented
              label={t("history.timeZone")}
              value={zone}
              options={zones(t)}
              onValue={(next) => set({ zone: next })}
            />
            {mayExportUsage && history.data !== undefined ? (
              <a href={usageHref(range, history.dataUpdatedAt)} download className={buttonClass()}>
                <Download size={14} aria-hidden />
                {t("history.usageByDayCsv")}
              </a>
            ) : null}
            {history.data === undefined ? null : (
              <a href={`/api/history/export${asked(history.dataUpdatedAt)}`} download className={buttonClass()}>
                <Download size={14} aria-hidden />
                {t("history.exportCsv")}
              </a>
            )}
          </>
        }
      />
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <RangePicker range={range} onRange={setRange} />
        <Segmented label={t("history.split")} value={by} options={byOptions(t)} onValue={setBy} />
        <CheckBox
          label={t("history.compareWithTheWeekBefore")}
          state={isCompared}
          onState={setCompared}
          className="min-h-8"
        />
      </div>
      {history.isPending ? <Skeleton className="h-96" /> : null}
      {history.isError ? (
        <ErrorState
          title={t("history.theHistoryCouldNotBeRead")}
          detail={errorText(t, history.error)}
          onRetry={() => history.refetch()}
        />
      ) : null}
      {history.data === undefined ? null : <HistoryCards history={history.data} />}
    </Page>
  );
}

function HistoryCards({ history }: { history: History }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [hasTable, setTable] = useState(false);
  const summary = summariseHistory(t, history, (at) => formatTime(t, at, "date-time", zone));
  const isEmpty = history.total.points.every((point) => point === null);
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Card
        title={t("history.throughputBothDirections")}
        note={t("history.meanOfAPointWithThe", {
          bucketName: bucketName(t, history.bucketMinutes),
          zoneName: zoneName(t, zone),
        })}
        actions={
          <Button variant="ghost" size="sm" aria-pressed={hasTable} onClick={() => setTable(!hasTable)}>
            {hasTable ? <ChartSpline size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
            {hasTable ? t("common.chart") : t("common.table")}
          </Button>
        }
      >
        {isEmpty ? (
          <EmptyState title={t("history.nothingWasReportedInThisSpan")} className={plotClass}>
            {t("history.chooseALongerOrALater")}
          </EmptyState>
        ) : null}
        {isEmpty || hasTable ? null : <HistoryChart history={history} label={summary} />}
        {hasTable && !isEmpty ? <HistoryTable history={history} caption={summary} /> : null}
        {isEmpty ? null : <p className="pt-2 text-ink-2 text-sm">{summary}</p>}
      </Card>
      <Card title={t("history.lteShareByClass")} note={t("history.allBytesOfTheSpanThe")}>
        {history.shares.length === 0 ? (
          <p className="text-ink-2 text-sm">{t("history.noPolicyIsPublishedYet")}</p>
        ) : null}
        <ul className="flex flex-col gap-3">
          {history.shares.map(({ id, name, achievedPercent, targetPercent }) => (
            <li key={id}>
              <p className="truncate font-medium text-sm">{name}</p>
              <ShareBar
                achievedPercent={achievedPercent}
                targetPercent={targetPercent}
                achievedOver={t("history.inThisSpan")}
              />
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function HistoryTable({ history, caption }: { history: History; caption: string }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const { series, total, weekBefore, buckets } = history;
  const columns = [
    ...series.map(({ id, name, points }) => ({ id, label: name, values: points.map((point) => point?.avg ?? null) })),
    { id: "total", label: t("common.total"), values: total.points.map((point) => point?.avg ?? null) },
    { id: "min", label: t("history.lowestMinute"), values: total.points.map((point) => point?.min ?? null) },
    { id: "max", label: t("history.highestMinute"), values: total.points.map((point) => point?.max ?? null) },
    ...(weekBefore === null
      ? []
      : [{ id: "week-before", label: t("history.weekBefore"), values: weekBefore.map((point) => point?.avg ?? null) }]),
  ];
  return (
    <ChartTable
      caption={caption}
      xName={t("history.time")}
      xs={buckets.map((at) => Date.parse(at))}
      formatX={(x) => formatTime(t, x, "date-time", zone)}
      columns={columns}
      formatValue={formatBitRate}
      className={plotClass}
    />
  );
}
