"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime, zoneName } from "@/components/time/format-time";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { Usage } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { prepareUsage, summariseUsage, sumUsage, type UsageDirection } from "./prepare-usage";
import { TimeSeries } from "./time-series";

const usageShape = async () => (await import("@/lib/contracts/portal")).usageSchema;

const minuteMs = 60_000;
const minutes = 60;
const directions = (t: Translate) =>
  [
    { value: "downloadBytes", label: t("common.download") },
    { value: "uploadBytes", label: t("common.upload") },
  ] as const;
const plotClass = "h-56";

/** The mean rate of every minute of the last hour, by access. */
export function UsageHistory() {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [direction, setDirection] = useState<UsageDirection>("downloadBytes");
  const usage = useQuery({
    queryKey: queryKeys.usage(minutes),
    queryFn: ({ signal }) => fetchJson(usageShape, `/api/usage?minutes=${minutes}`, { signal }),
    refetchInterval: 15_000,
  });

  return (
    <Card
      title={t("charts.last60Minutes")}
      note={t("charts.meanOfEachMinute", { zoneName: zoneName(t, zone) })}
      actions={
        <Segmented label={t("common.direction")} value={direction} options={directions(t)} onValue={setDirection} />
      }
    >
      {usage.isPending ? <Skeleton className={plotClass} /> : null}
      {usage.isError ? (
        <ErrorState
          title={t("charts.theHistoryCouldNotBeRead")}
          detail={errorText(t, usage.error)}
          onRetry={() => usage.refetch()}
        />
      ) : null}
      {usage.data === undefined ? null : (
        <UsageChart usage={usage.data} direction={direction} readAtMs={usage.dataUpdatedAt} />
      )}
    </Card>
  );
}

type UsageChartProps = { usage: Usage; direction: UsageDirection; readAtMs: number };

function UsageChart({ usage, direction, readAtMs }: UsageChartProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const data = useMemo(() => prepareUsage(t, usage, direction, readAtMs), [t, usage, direction, readAtMs]);
  const name = direction === "downloadBytes" ? t("common.download") : t("common.upload");
  const summary = summariseUsage(t, usage, direction, name);
  const [first = 0, last = 0] = [data.xs.at(0), data.xs.at(-1)];
  const range = useMemo(() => [first, last + 1] as const, [first, last]);
  const formatX = (x: number): string => formatTime(t, x * minuteMs, "minute", zone);
  if (sumUsage(usage, direction).total === 0)
    return (
      <EmptyState title={t("charts.noBytesInTheLastHour")} className={plotClass}>
        {t("charts.minutesWithTrafficAreDrawnHere")}
      </EmptyState>
    );
  return (
    <TimeSeries
      name={t("charts.last60Minutes")}
      data={data}
      xRange={range}
      yMax={null}
      xName={t("charts.minute")}
      formatX={formatX}
      formatCursor={formatX}
      summary={summary}
      plotClassName={plotClass}
      note={summary}
    />
  );
}
