"use client";

import { useQuery } from "@tanstack/react-query";
import { Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime, zoneName } from "@/components/time/format-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { WhenSeen } from "@/components/ui/when-seen";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { ChartTable } from "./chart-table";
import { prepareUsage, summariseUsage, sumUsage, type UsageDirection } from "./prepare-usage";
import { UsageSum } from "./usage-sum";

const usageShape = async () => (await import("@/lib/contracts/portal")).usageSchema;

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
/** The chart's library is the heaviest part of a page, and nobody waits for it. */
const UsageBars = dynamic(() => import("./usage-bars").then((module) => module.UsageBars), {
  ssr: false,
  loading: () => <Skeleton className={plotClass} />,
});

/** Bytes per minute over the last hour, by access. */
export function UsageHistory() {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [direction, setDirection] = useState<UsageDirection>("downloadBytes");
  const [hasTable, setTable] = useState(false);
  const usage = useQuery({
    queryKey: queryKeys.usage(minutes),
    queryFn: ({ signal }) => fetchJson(usageShape, `/api/usage?minutes=${minutes}`, { signal }),
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
        <UsageSum tone="lte" label="LTE" bytes={sums.lte} />
        <UsageSum tone="wifi" label="WiFi" bytes={sums.wifi} />
        {sums.other > 0 ? <UsageSum tone="other" label={t("common.other")} bytes={sums.other} /> : null}
        <UsageSum tone="total" label={t("common.total")} bytes={sums.total} />
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
          <WhenSeen fallback={<Skeleton className={plotClass} />}>
            <UsageBars bars={bars} label={summary} className={plotClass} />
          </WhenSeen>
        )
      ) : null}
    </Card>
  );
}
