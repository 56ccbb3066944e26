import type { ChartData, ChartReference, ChartSeries, ChartValue } from "@/components/charts/chart-data";
import { prepareCounterRates, type RateGrid } from "@/components/charts/prepare-counter-rates";
import type { LaneId, LaneReport, LinkSettings } from "@/lib/contracts/demo";
import { presets } from "@/lib/contracts/demo-presets";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { formatStageRate } from "./format-stage";
import { laneNames, laneOrder, laneTones } from "./lanes";
import { counterPoints, finishedRate } from "./prepare-lane";

const stepsMs = [50, 100, 200, 250, 500, 1000, 2000];
/** More points than this cannot be seen. */
const mostPoints = 480;
const gapMs = 3000;
/** Payload is at least this share of what a link carries; the rest is headers and start-up. */
const payloadShare = 0.9;

type RunLinks = { lte: LinkSettings; wifi: LinkSettings };
type LinkRates = { lte: number; wifi: number };

/**
 * The links as the testbed had them for this run; as the preset says until it has changed over to it. Null: a device's,
 * which nobody knows.
 */
export function runLinks({
  request,
  testbed,
  device,
}: Pick<DemoRun, "request" | "testbed" | "device">): RunLinks | null {
  if (device !== null) return null;
  if (testbed !== null && testbed.preset === request.preset) return testbed;
  return presets.find((preset) => preset.id === request.preset) ?? null;
}

/** How long a lane takes at most on healthy links, ms: the fixed x axis, and "about 3 min" before the start. */
export function expectedLaneMs(lane: LaneId, sizeBytes: number, { lte, wifi }: LinkRates): number {
  const rateMbps = { "lte-only": lte, "wifi-only": wifi, "lte-wifi": lte + wifi }[lane];
  return (sizeBytes * 8) / (rateMbps * payloadShare * 1000);
}

function chooseGrid(longestMs: number): RateGrid {
  const stepMs = stepsMs.find((step) => longestMs / step <= mostPoints) ?? 5000;
  const count = Math.floor(longestMs / stepMs);
  return {
    timesMs: Array.from({ length: count + 1 }, (_, index) => index * stepMs),
    windowMs: Math.max(500, 4 * stepMs),
    gapMs,
  };
}

/** Payload rate of the aggregate lane, split by what each interface carried in the same span. */
function splitByPath(lane: LaneReport, grid: RateGrid): { total: ChartValue[]; lte: ChartValue[]; wifi: ChartValue[] } {
  const total = prepareCounterRates(counterPoints(lane, "deliveredBytes"), grid);
  const lteWire = prepareCounterRates(counterPoints(lane, "lteBytes"), grid);
  const wifiWire = prepareCounterRates(counterPoints(lane, "wifiBytes"), grid);
  const lte = total.map((rate, index) => {
    if (rate === null) return null;
    const [over, beside] = [lteWire[index] ?? 0, wifiWire[index] ?? 0];
    return over + beside === 0 ? 0 : (rate * over) / (over + beside);
  });
  return { total, lte, wifi: total.map((rate, index) => (rate === null ? null : rate - (lte[index] ?? 0))) };
}

function laneSeries(t: Translate, lane: LaneReport, grid: RateGrid): ChartSeries[] {
  const label = laneNames(t)[lane.lane];
  const tone = laneTones[lane.lane];
  if (lane.lane !== "lte-wifi") {
    const values = prepareCounterRates(counterPoints(lane, "deliveredBytes"), grid);
    return [{ id: lane.lane, label, tone, kind: "line", values, isLabelled: true }];
  }
  const { total, lte, wifi } = splitByPath(lane, grid);
  return [
    { id: "wifi-part", label: t("demo.wifiPart"), tone: "wifi", kind: "stack", values: wifi },
    { id: "lte-part", label: t("demo.ltePart"), tone: "lte", kind: "stack", values: lte },
    { id: lane.lane, label, tone, kind: "line", values: total, isLabelled: true },
  ];
}

export type DemoChart = {
  data: ChartData;
  xRange: readonly [number, number];
  yMax: number;
  references: readonly ChartReference[];
};

/** Lengths and rates of unknown links: the axes begin with these, and grow by steps. */
const firstMs = 10_000;
const firstBps = 10e6;

/** The next of 1, 2, 5, 10, … times `first` that holds this. */
function stepUp(first: number, value: number): number {
  const steps = [1, 2, 5];
  for (let power = 1; ; power *= 10)
    for (const step of steps) if (first * step * power >= value) return first * step * power;
}

/** How far the axes reach: on known links fixed before the first byte, else as far as was measured. */
function reachOf(run: DemoRun, measuredMs: number, highestBps: number): { toMs: number; toBps: number } {
  const links = runLinks(run);
  if (links === null) return { toMs: stepUp(firstMs, measuredMs), toBps: stepUp(firstBps, highestBps) };
  const rates = { lte: links.lte.rateMbps, wifi: links.wifi.rateMbps };
  const expectedMs = Math.max(...run.request.lanes.map((id) => expectedLaneMs(id, run.request.sizeBytes, rates)));
  return { toMs: Math.max(expectedMs, measuredMs * 1.04), toBps: (rates.lte + rates.wifi) * 1.05e6 };
}

/**
 * Every lane's payload rate from its own start (t = 0), over one axis: seconds to the slowest lane's expected end, bit/s
 * to the sum of both links.
 */
export function prepareDemoChart(t: Translate, run: DemoRun): DemoChart {
  const lanes = laneOrder.flatMap((id) => run.lanes.filter((lane) => lane.lane === id));
  const measuredMs = Math.max(0, ...lanes.map((lane) => lane.samples.at(-1)?.tMs ?? 0));
  const grid = chooseGrid(Math.max(measuredMs, 1));
  // Areas first: lines are drawn on top of them.
  const stacked = [...lanes].reverse();
  const series = stacked.flatMap((lane) => laneSeries(t, lane, grid));
  const references = prepareReferences(t, run);
  const drawn = [
    ...series.flatMap(({ values }) => values.map((value) => value ?? 0)),
    ...references.map(({ value }) => value),
  ];
  const highestBps = drawn.reduce((highest, value) => Math.max(highest, value), 0);
  const { toMs, toBps } = reachOf(run, measuredMs, highestBps);
  return {
    data: {
      xs: grid.timesMs.map((tMs) => tMs / 1000),
      series,
    },
    xRange: [0, toMs / 1000],
    yMax: toBps,
    references,
  };
}

function prepareReferences(t: Translate, run: DemoRun): ChartReference[] {
  const rate = (id: LaneId) =>
    finishedRate(
      run.lanes.find((lane) => lane.lane === id),
      run.request.sizeBytes,
    );
  const [lte, wifi] = [rate("lte-only"), rate("wifi-only")];
  if (lte === null || wifi === null) return [];
  const best = Math.max(lte, wifi);
  return [
    { label: t("demo.bestSinglePath", { stageRate: formatStageRate(best) }), value: best },
    { label: t("demo.sumOfPaths", { stageRate: formatStageRate(lte + wifi) }), value: lte + wifi },
  ];
}
