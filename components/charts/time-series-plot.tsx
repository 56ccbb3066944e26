"use client";

import clsx from "clsx";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { ChartData } from "./chart-data";
import { type ChartView, drawOptions } from "./draw-options";
import { prepareStack } from "./prepare-stack";
import { useChartColors } from "./use-chart-colors";

type TimeSeriesPlotProps = {
  label: string;
  data: ChartData;
  view: ChartView;
  fontPx: number;
  onCursor: (index: number | null) => void;
  className?: string | undefined;
};

/** What is held ends one step after the last x. */
function plotData({ xs, series }: ChartData): uPlot.AlignedData {
  const edges = prepareStack(series);
  const [before, last] = xs.slice(-2);
  if (before === undefined || last === undefined || series.every(({ isHeld }) => isHeld !== true))
    return [[...xs], ...edges];
  return [[...xs, 2 * last - before], ...edges.map((edge) => [...edge, edge.at(-1) ?? null])];
}

/** The canvas. It is built anew only when the set of series or the theme changes; new figures are just drawn. */
export function TimeSeriesPlot({ label, data, view, fontPx, onCursor, className }: TimeSeriesPlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const viewRef = useRef(view);
  const dataRef = useRef(data);
  const colors = useChartColors();
  const shape = data.series.map((one) => `${one.id}:${one.kind}:${one.tone}`).join("|");

  useEffect(() => {
    viewRef.current = view;
    dataRef.current = data;
    plot.current?.setData(plotData(data));
  }, [data, view]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the set of series that the options are made from
  useEffect(() => {
    const element = box.current;
    if (element === null || colors === null) return;
    const made = new uPlot(
      drawOptions({
        width: element.clientWidth,
        height: element.clientHeight,
        colors,
        fontFamily: getComputedStyle(element).fontFamily,
        fontPx,
        view: viewRef,
        onCursor,
      }),
      plotData(dataRef.current),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colors, shape, fontPx, onCursor]);

  return <div ref={box} role="img" aria-label={label} className={clsx("min-h-0 min-w-0 overflow-hidden", className)} />;
}
