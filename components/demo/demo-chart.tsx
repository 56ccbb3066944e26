"use client";

import { useMemo } from "react";
import { TimeSeries } from "@/components/charts/time-series";
import { EmptyState } from "@/components/ui/empty-state";
import type { DemoRun } from "@/lib/contracts/live";
import { formatStageRate } from "./format-stage";
import { laneNames } from "./lanes";
import { prepareDemoChart } from "./prepare-demo-chart";
import { prepareFaultMarks } from "./prepare-faults";
import { finishedRate } from "./prepare-lane";

const formatAxis = (x: number) => `${Number(x.toFixed(1))} s`;
const formatCursor = (x: number) => `${x.toFixed(1)} s`;

function summarise(run: DemoRun): string {
  const parts = run.lanes.map((lane) => {
    const rate = finishedRate(lane, run.request.sizeBytes);
    return rate === null
      ? `${laneNames[lane.lane]} ${lane.state}`
      : `${laneNames[lane.lane]} ${formatStageRate(rate)} on average`;
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
  const chart = useMemo(() => (run === null ? null : prepareDemoChart(run)), [run]);
  const marks = useMemo(() => (run === null ? [] : prepareFaultMarks(run)), [run]);
  const plotClass = isFullScreen ? "grow basis-0" : "h-[clamp(15rem,38vh,30rem)]";
  return (
    <section
      aria-label="Throughput of all lanes"
      data-demo-chart
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4"
    >
      {run === null || chart === null ? (
        <EmptyState title="The race is drawn here" className={plotClass}>
          Every lane fetches the same object from the same server, one after the other, and is drawn from t = 0 over one
          fixed axis.
        </EmptyState>
      ) : (
        <TimeSeries
          name="Payload rate of each lane from its own start"
          data={chart.data}
          xRange={chart.xRange}
          yMax={chart.yMax}
          xName="Since the lane's start"
          formatX={formatAxis}
          formatCursor={formatCursor}
          summary={summarise(run)}
          references={chart.references}
          {...(marks.length === 0 ? {} : { marks })}
          fontPx={isFullScreen ? 16 : 12}
          plotClassName={plotClass}
          note="Payload rate. Lanes ran one after the other and are overlaid at t = 0. The parts of LTE + WiFi are its payload divided by what each interface carried."
        />
      )}
    </section>
  );
}
