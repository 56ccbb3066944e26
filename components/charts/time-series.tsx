"use client";

import clsx from "clsx";
import { Pause, Play, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { type ReactNode, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import type { ChartData, ChartMark, ChartReference } from "./chart-data";
import { ChartLegend } from "./chart-legend";
import { ChartMarks } from "./chart-marks";
import { ChartTable } from "./chart-table";
import type { ChartView } from "./draw-options";
import { formatInUnit, prepareRateUnit, prepareScale, type Scale } from "./prepare-scale";
import { highestValue, prepareStack } from "./prepare-stack";

/** The portal draws no canvas: the code that does comes after the page. */
const TimeSeriesPlot = dynamic(() => import("./time-series-plot").then((module) => module.TimeSeriesPlot), {
  ssr: false,
});

type TimeSeriesProps = {
  /** Its name, for screen readers and the table's caption. */
  name: string;
  data: ChartData;
  xRange: readonly [number, number];
  /** Upper end of the shared axis in bit/s; null fits it to the data. */
  yMax: number | null;
  /** Heading of the x column in the table twin. */
  xName: string;
  formatX: (x: number) => string;
  /** The x value under the crosshair. */
  formatCursor: (x: number) => string;
  summary: string;
  references?: readonly ChartReference[];
  /** Moments that are marked over the drawing. */
  marks?: readonly ChartMark[];
  /** A flag was pressed: the marks it stands for. */
  onMarks?: (ids: readonly string[]) => void;
  isPausable?: boolean;
  /** Type in the drawing, pixels. */
  fontPx?: number;
  plotClassName?: string;
  note?: ReactNode;
};

const none: readonly ChartReference[] = [];
/** An idle chart is not blown up to noise: its axis never ends below 1 Mbit/s. */
const lowestAxisBps = 1e6;

function fitScale(data: ChartData): Scale {
  const edges = prepareStack(data.series);
  const highest = edges.reduce((most, edge) => Math.max(most, highestValue(edge)), 0);
  return prepareScale(Math.max(lowestAxisBps, highest * 1.06));
}

/** Bit rates over time: stack, lines, references, crosshair, and the same figures as a table. */
export function TimeSeries(props: TimeSeriesProps) {
  const t = useTranslations();
  const { xName, onMarks, isPausable = false, fontPx = 12, note } = props;
  /** Paused, all that is drawn stays together: figures under another name, axis or unit would be wrong. */
  const [frozen, setFrozen] = useState<TimeSeriesProps | null>(null);
  const [hasTable, setTable] = useState(false);
  const [cursorIndex, setCursorIndex] = useState<number | null>(null);
  const { name, data, xRange, yMax, formatX, formatCursor, summary, references = none, marks } = frozen ?? props;
  const [xMin, xMax] = xRange;
  const view = useMemo<ChartView>(
    () => ({
      xRange: [xMin, xMax],
      scale: yMax === null ? fitScale(data) : prepareScale(yMax),
      references,
      series: data.series,
      formatX,
    }),
    [xMin, xMax, yMax, data, references, formatX],
  );

  const unit = prepareRateUnit(view.scale.max);

  return (
    <figure className="flex h-full min-w-0 grow flex-col">
      <div className="flex items-start justify-between gap-x-4 pb-1">
        <ChartLegend data={data} cursorIndex={cursorIndex} formatCursor={formatCursor} unit={unit} />
        <div className="flex shrink-0 items-center gap-1">
          {isPausable || frozen !== null ? (
            <Button
              variant="ghost"
              size="sm"
              aria-pressed={frozen !== null}
              onClick={() => setFrozen(frozen === null ? props : null)}
            >
              {frozen === null ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
              {frozen === null ? t("charts.pause") : t("charts.resume")}
            </Button>
          ) : null}
          <Button variant="ghost" size="sm" aria-pressed={hasTable} onClick={() => setTable(!hasTable)}>
            <Table2 size={14} aria-hidden />
            {hasTable ? t("common.chart") : t("common.table")}
          </Button>
        </div>
      </div>
      {hasTable ? (
        <ChartTable
          caption={`${name}. ${summary}`}
          xName={xName}
          xs={data.xs}
          formatX={formatCursor}
          columns={data.series.map((series) => ({ id: series.id, label: series.label, values: series.values }))}
          formatValue={(value) => `${formatInUnit(value, unit)} ${unit.unit}`}
          className={props.plotClassName}
        />
      ) : (
        <div className={clsx("relative flex flex-col", props.plotClassName)}>
          <TimeSeriesPlot
            label={`${name}. ${summary}`}
            data={data}
            view={view}
            fontPx={fontPx}
            onCursor={setCursorIndex}
            className="grow basis-0"
          />
          {marks === undefined ? null : (
            <ChartMarks
              name={t("charts.eventsOf", { name })}
              marks={marks}
              xRange={[xMin, xMax]}
              fontPx={fontPx}
              onChoose={onMarks}
            />
          )}
        </div>
      )}
      {note === undefined ? null : <figcaption className="pt-2 text-ink-3 text-xs">{note}</figcaption>}
    </figure>
  );
}
