"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import {
  type Direction,
  liveWindowMs,
  prepareLiveRates,
  summariseLiveRates,
} from "@/components/charts/prepare-live-rates";
import { TimeSeries } from "@/components/charts/time-series";
import { useLive } from "@/components/live/live-provider";
import { useLiveRates } from "@/components/live/use-live-rates";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { Translate } from "@/lib/words/translate";

const directions = (t: Translate) =>
  [
    { value: "downloadBps", label: t("common.download") },
    { value: "uploadBps", label: t("common.upload") },
  ] as const;

const range = [-liveWindowMs / 1000, 0] as const;
const formatAxis = (t: Translate, x: number) => (x === 0 ? t("overview.now") : `−${Math.abs(x)} s`);
const formatCursor = (t: Translate, x: number) =>
  Math.abs(x) < 0.05 ? t("overview.now") : t("overview.sAgo", { x: Math.abs(x).toFixed(1) });
const plotClass = "min-h-64 grow sm:min-h-72";

/** Bit rate by access over the last two minutes, as it happens. */
export function LiveThroughput() {
  const t = useTranslations();
  const [direction, setDirection] = useState<Direction>("downloadBps");
  const rates = useLiveRates(200);
  const isKnown = useLive((state) => state.hasSnapshot);
  const skewMs = useLive((state) => state.clockSkewMs);
  const nowMs = Number.isFinite(skewMs) ? Date.now() - skewMs : Date.now();
  const data = prepareLiveRates(t, rates, direction, nowMs);
  const name = direction === "downloadBps" ? t("common.download") : t("common.upload");

  return (
    <Card
      isFilled
      title={t("overview.throughputByAccess")}
      note={t("overview.allNodesLast2Minutes")}
      actions={
        <Segmented label={t("common.direction")} value={direction} options={directions(t)} onValue={setDirection} />
      }
    >
      {!isKnown ? <Skeleton className="min-h-72 grow sm:min-h-80" /> : null}
      {isKnown && data.xs.length === 0 ? (
        <EmptyState title={t("overview.noTrafficYet")} className={plotClass}>
          {t.rich("overview.runOrSendADownloadThrough", {
            code: () => <code className="font-mono text-ink">npm run demo</code>,
          })}
        </EmptyState>
      ) : null}
      {isKnown && data.xs.length > 0 ? (
        <TimeSeries
          key={direction}
          name={t("overview.byAccess", { name })}
          data={data}
          xRange={range}
          yMax={null}
          xName={t("overview.when")}
          formatX={(x) => formatAxis(t, x)}
          formatCursor={(x) => formatCursor(t, x)}
          summary={summariseLiveRates(t, data, name)}
          isPausable
          plotClassName={plotClass}
        />
      ) : null}
    </Card>
  );
}
