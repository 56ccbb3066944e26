import uPlot from "uplot";
import type { ChartReference, ChartSeries } from "./chart-data";
import { type LabelBox, placeLabel } from "./place-label";
import { plotInsets } from "./plot-insets";
import { prepareRateUnit, type Scale, scaleSplits } from "./prepare-scale";
import { lastIndex } from "./prepare-stack";
import type { ChartColors } from "./use-chart-colors";

/** What changes from frame to frame; the drawing reads it each time, so that nothing has to be built anew. */
export type ChartView = {
  xRange: readonly [number, number];
  scale: Scale;
  references: readonly ChartReference[];
  series: readonly ChartSeries[];
  formatX: (x: number) => string;
};

type DrawOptions = {
  width: number;
  height: number;
  colors: ChartColors;
  fontFamily: string;
  fontPx: number;
  view: { current: ChartView };
  onCursor: (index: number | null) => void;
};

const lteDash = [6, 4];
/** From each x on, up to the next one or the gap. */
const steps = uPlot.paths.stepped?.({ align: 1, alignGaps: 1 });

/** LTE areas are hatched, so that they differ from WiFi without colour. */
function hatch(color: string): CanvasPattern | string {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return color;
  pen.globalAlpha = 0.26;
  pen.fillStyle = color;
  pen.fillRect(0, 0, size, size);
  pen.globalAlpha = 0.55;
  pen.strokeStyle = color;
  pen.lineWidth = 1.5;
  for (const offset of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat") ?? color;
}

function translucent(color: string): string {
  return color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.38)");
}

function seriesOptions(series: ChartSeries, colors: ChartColors, isLowest: boolean): uPlot.Series {
  const options: uPlot.Series = {
    stroke: colors[series.tone],
    width: series.kind === "stack" ? 1.5 : 2,
    points: { show: false },
    spanGaps: false,
  };
  if (series.tone === "lte") options.dash = lteDash;
  if (series.isHeld === true && steps !== undefined) options.paths = steps;
  if (series.kind === "stack" && isLowest) options.fill = stackFill(series, colors);
  return options;
}

function stackFill(series: ChartSeries, colors: ChartColors): () => string {
  const fill = series.tone === "lte" ? hatch(colors.lte) : translucent(colors[series.tone]);
  // uPlot hands the value on to the canvas, which takes patterns as well as colours; its types know colours only.
  return () => fill as string;
}

function drawReferences(plot: uPlot, { references }: ChartView, { colors, fontFamily, fontPx }: DrawOptions): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `500 ${fontPx * ratio}px ${fontFamily}`;
  ctx.textBaseline = "bottom";
  ctx.textAlign = "right";
  for (const { label, value } of references) {
    const y = Math.round(plot.valToPos(value, "y", true));
    ctx.strokeStyle = colors.reference;
    ctx.lineWidth = ratio;
    ctx.setLineDash([1.5 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    drawText(ctx, label, bbox.left + bbox.width - 4 * ratio, y - 3 * ratio, colors.muted, colors.surface, ratio);
  }
  ctx.restore();
}

function drawText(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
  halo: string,
  ratio: number,
): void {
  ctx.setLineDash([]);
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.5 * ratio;
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

function drawLabels(plot: uPlot, { series }: ChartView, { colors, fontFamily, fontPx }: DrawOptions): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${(fontPx + 1) * ratio}px ${fontFamily}`;
  ctx.textBaseline = "bottom";
  const placed: LabelBox[] = [];
  for (const [index, one] of series.entries()) {
    const at = lastIndex(one.values);
    const value = one.values[at] ?? null;
    const xValue = plot.data[0][at];
    if (one.isLabelled !== true || value === null || xValue === undefined || plot.series[index + 1]?.show === false)
      continue;
    const x = plot.valToPos(xValue, "x", true);
    const y = plot.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.fillStyle = colors[one.tone];
    ctx.arc(x, y, 3.5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    const width = ctx.measureText(one.label).width;
    const right = Math.min(Math.max(x + width / 2, bbox.left + width + 4 * ratio), bbox.left + bbox.width - 4 * ratio);
    const height = (fontPx + 1) * ratio;
    const above = y - 7 * ratio;
    const below = y + (fontPx + 12) * ratio;
    const isTooHigh = y - bbox.top < (fontPx + 12) * ratio;
    const box = placeLabel(
      { left: right - width, right, height },
      isTooHigh ? [below, below + height] : [above, below, above - height],
      placed,
    );
    placed.push(box);
    ctx.textAlign = "right";
    drawText(ctx, one.label, box.right, box.bottom, colors.ink, colors.surface, ratio);
  }
  ctx.restore();
}

/** uPlot options for one set of series: stacks as bands, LTE dashed, references and labels drawn on top. */
export function drawOptions(options: DrawOptions): uPlot.Options {
  const { colors, view, fontFamily, fontPx } = options;
  const { series } = view.current;
  const font = `${fontPx}px ${fontFamily}`;
  const stacks = series.flatMap((one, index) => (one.kind === "stack" ? [{ one, at: index + 1 }] : []));
  const bands = stacks.flatMap(({ one, at }, order) => {
    const below = stacks[order - 1];
    return below === undefined ? [] : [{ series: [at, below.at] as [number, number], fill: stackFill(one, colors) }];
  });
  const insets = plotInsets(fontPx);
  const axis = { stroke: colors.muted, font, ticks: { show: false } };
  return {
    width: options.width,
    height: options.height,
    padding: [insets.top, insets.right, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [...view.current.xRange] as [number, number] },
      y: { range: () => [0, view.current.scale.max] },
    },
    axes: [
      {
        ...axis,
        size: insets.bottom,
        space: fontPx * 7,
        grid: { show: false },
        values: (_plot, splits) => splits.map((split) => view.current.formatX(split)),
      },
      {
        ...axis,
        size: insets.left,
        gap: 6,
        grid: { stroke: colors.grid, width: 1 },
        splits: () => scaleSplits(view.current.scale),
        values: (_plot, splits) => {
          const { divisor } = prepareRateUnit(view.current.scale.max);
          return splits.map((split) => String(Number((split / divisor).toPrecision(4))));
        },
      },
    ],
    series: [{}, ...series.map((one, index) => seriesOptions(one, colors, index + 1 === stacks[0]?.at))],
    bands,
    hooks: {
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)],
      draw: [
        (plot) => {
          drawUnit(plot, view.current, options);
          drawReferences(plot, view.current, options);
          drawLabels(plot, view.current, options);
        },
      ],
    },
  };
}

function drawUnit(plot: uPlot, { scale }: ChartView, { colors, fontFamily, fontPx }: DrawOptions): void {
  const ratio = devicePixelRatio;
  plot.ctx.save();
  plot.ctx.font = `${fontPx * ratio}px ${fontFamily}`;
  plot.ctx.textAlign = "left";
  plot.ctx.textBaseline = "top";
  plot.ctx.fillStyle = colors.muted;
  plot.ctx.fillText(prepareRateUnit(scale.max).unit, 2 * ratio, 0);
  plot.ctx.restore();
}
