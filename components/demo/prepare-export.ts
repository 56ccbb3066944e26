import type { DemoRun } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { directionMarks } from "./directions";
import { formatStageRate, formatStageTime } from "./format-stage";
import { laneNames } from "./lanes";
import { placeName } from "./place-name";
import { prepareFaults } from "./prepare-faults";
import { finishedRate } from "./prepare-lane";
import { type Comparison, formatPercent, formatRatio, prepareVerdict } from "./prepare-verdict";

/** A file name without its ending: when and what. */
export function exportName(run: DemoRun): string {
  return `twinpath-run-${run.createdAt.slice(0, 19).replaceAll(/[:T]/g, "-")}-${run.id.slice(0, 8)}`;
}

/** The run as the portal has it, every sample included. */
export function runJson(run: DemoRun): string {
  return `${JSON.stringify(run, null, 2)}\n`;
}

/** Every sample, one a row; counters are cumulative from the lane's start (RFC 4180). */
export function runCsv(run: DemoRun): string {
  const rows = run.lanes.flatMap(({ lane, samples }) =>
    samples.map(({ tMs, deliveredBytes, lteBytes, wifiBytes }) => [lane, tMs, deliveredBytes, lteBytes, wifiBytes]),
  );
  return [["lane", "t_ms", "delivered_bytes", "lte_bytes", "wifi_bytes"], ...rows]
    .map((row) => `${row.join(",")}\r\n`)
    .join("");
}

function figure(name: string, comparison: Comparison, format: (value: number) => string): string[] {
  return comparison.value === null ? [] : [`${format(comparison.value)} ${name}`];
}

/** What stands above the chart in a picture of it: the run, its lanes, its result, its stalls. */
export function pictureLines(t: Translate, run: DemoRun): string[] {
  const lanes = run.lanes.map((lane) => {
    const rate = finishedRate(lane, run.request.sizeBytes);
    return rate === null || lane.elapsedMs === null
      ? t("demo.laneState", { lane: laneNames(t)[lane.lane], state: lane.state })
      : `${laneNames(t)[lane.lane]} ${formatStageTime(lane.elapsedMs)}, ${formatStageRate(rate)}`;
  });
  const { overLte, overBest, efficiency } = prepareVerdict(t, run);
  const result = [
    ...figure(laneNames(t)["lte-only"], overLte, formatRatio),
    ...figure(t("demo.theBestSinglePathAlone"), overBest, formatRatio),
    ...figure(t("demo.ofTheSumOfBothPaths"), efficiency, formatPercent),
  ];
  const faults = prepareFaults(t, run).map(
    ({ lane, at, what, stall }) => `${laneNames(t)[lane]}, ${at}: ${what}, ${stall}`,
  );
  return [
    `Twinpath, ${placeName(t, run)}, ${formatBytes(run.request.sizeBytes)}${directionMarks(t)[run.request.direction]}, ${run.createdAt}, ${t("demo.recorded")}, ${t(`runStates.${run.state}`)}`,
    lanes.join("  ·  "),
    ...(result.length === 0 ? [] : [result.join("  ·  ")]),
    ...faults,
  ];
}
