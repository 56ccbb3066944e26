"use client";

import { useMemo, useState } from "react";
import type { ChartMark } from "@/components/charts/chart-data";
import { TimeSeries } from "@/components/charts/time-series";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime, type Zone, zoneName } from "@/components/time/format-time";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Segmented } from "@/components/ui/segmented";
import type { SessionDetail } from "@/lib/contracts/portal";
import { pathEventIcons } from "./path-event-icon";
import type { PathEventView } from "./prepare-path-events";
import {
  mainDirection,
  placeOf,
  prepareSessionChart,
  type SessionChart,
  type SessionDirection,
} from "./prepare-session-chart";

const directions = [
  { value: "Download", label: "Download" },
  { value: "Upload", label: "Upload" },
] as const;
const plotClass = "h-72 sm:h-80";

type SessionChartCardProps = {
  session: SessionDetail;
  events: readonly PathEventView[];
  onEvents: (ids: readonly string[]) => void;
};

function marksOf(chart: SessionChart | null, events: readonly PathEventView[], zone: Zone): ChartMark[] {
  if (chart === null) return [];
  const { startMs, unit } = chart;
  return events.map(({ id, at, tone, kind, what }) => ({
    id,
    x: placeOf({ startMs, unit }, at),
    tone,
    icon: pathEventIcons[kind],
    label: `${formatTime(at, "clock", zone)} ${what}`,
  }));
}

/** Bit rate by access over the session's life, with what happened to its paths marked on it. */
export function SessionChartCard({ session, events, onEvents }: SessionChartCardProps) {
  const { zone } = usePreferences();
  const [chosen, setChosen] = useState<SessionDirection | null>(null);
  const direction = chosen ?? mainDirection(session);
  const chart = useMemo(() => prepareSessionChart(session, direction), [session, direction]);
  const marks = useMemo(() => marksOf(chart, events, zone), [chart, events, zone]);
  const isRunning = session.end === null;
  return (
    <Card
      title="Throughput by access"
      note={`Payload per path, mean of ${session.samples.everyMs / 1000} s, ${zoneName(zone)}`}
      actions={<Segmented label="Direction" value={direction} options={directions} onValue={setChosen} />}
    >
      {chart === null ? (
        <EmptyState title={isRunning ? "The first seconds are being measured" : "No curve"} className={plotClass}>
          {isRunning
            ? "The curve begins with the second report."
            : "The session was shorter than two seconds, or ended more than a day ago: rates by second are kept for a day."}
        </EmptyState>
      ) : (
        <TimeSeries
          name={`${direction} by access`}
          data={chart.data}
          xRange={chart.xRange}
          yMax={null}
          xName="When"
          formatX={(x) => `${Number(x.toFixed(2))} ${chart.unit.name}`}
          formatCursor={(x) => formatTime(chart.startMs + x * chart.unit.ms, "clock", zone)}
          summary={chart.summary}
          marks={marks}
          onMarks={onEvents}
          isPausable={isRunning}
          plotClassName={plotClass}
          note="Time since the session began. Flags are events of its paths; a number stands for several."
        />
      )}
    </Card>
  );
}
