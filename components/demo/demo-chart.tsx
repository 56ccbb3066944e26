"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { TimeSeries } from "@/components/charts/time-series";
import { EmptyState } from "@/components/ui/empty-state";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { formatStageRate } from "./format-stage";
import { laneNames } from "./lanes";
import { prepareDemoChart } from "./prepare-demo-chart";
import { prepareFaultMarks } from "./prepare-faults";
import { finishedRate } from "./prepare-lane";

const formatAxis = (x: number) => `${Number(x.toFixed(1))} s`;
const formatCursor = (x: number) => `${x.toFixed(1)} s`;

function summarise(t: Translate, run: DemoRun): string {
  const parts = run.lanes.map((lane) => {
    const rate = finishedRate(lane, run.request.sizeBytes);
    return rate === null
      ? t("demo.laneState", { lane: laneNames(t)[lane.lane], state: lane.state })
      : t("demo.onAverage", { lane: laneNames(t)[lane.lane], stageRate: formatStageRate(rate) });
  });
  return `${parts.join(", ")}.`;
}

/** The chart's drawing on this page; null where there is none or its table is shown. */
export function chartCanvas(): HTMLCanvasElement | null {
  return document.querySelector("[data-demo-chart] canvas");
}

type DemoChartProps = { run: DemoRun | null; isFullScreen: boolean };

/** All lanes over one fixed axis, each from its own start. */
export function DemoChart({ run, isFullScreen }: DemoChartProps) {
  const t = useTranslations();
  const chart = useMemo(() => (run === null ? null : prepareDemoChart(t, run)), [run, t]);
  const marks = useMemo(() => (run === null ? [] : prepareFaultMarks(t, run)), [run, t]);
  const plotClass = isFullScreen ? "grow basis-0" : "h-[clamp(15rem,38vh,30rem)]";
  return (
    <section
      aria-label={t("demo.throughputOfAllLanes")}
      data-demo-chart
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4"
    >
      {run === null || chart === null ? (
        <EmptyState title={t("demo.theRaceIsDrawnHere")} className={plotClass}>
          {t("demo.everyLaneFetchesTheSameObject")}
        </EmptyState>
      ) : (
        <TimeSeries
          name={t("demo.payloadRateOfEachLane")}
          data={chart.data}
          xRange={chart.xRange}
          yMax={chart.yMax}
          xName={t("demo.sinceTheLanesStart")}
          formatX={formatAxis}
          formatCursor={formatCursor}
          summary={summarise(t, run)}
          references={chart.references}
          {...(marks.length === 0 ? {} : { marks })}
          fontPx={isFullScreen ? 16 : 12}
          plotClassName={plotClass}
          note={t("demo.payloadRateLanesRanOneAfter")}
        />
      )}
    </section>
  );
}
