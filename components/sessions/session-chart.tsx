"use client";

import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import type { ChartMark } from "@/components/charts/chart-data";
import { TimeSeries } from "@/components/charts/time-series";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime, type Zone, zoneName } from "@/components/time/format-time";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Segmented } from "@/components/ui/segmented";
import type { SessionDetail } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";
import { pathEventIcons } from "./path-event-icon";
import type { PathEventView } from "./prepare-path-events";
import {
  formatPlace,
  mainDirection,
  placeOf,
  prepareSessionChart,
  type SessionChart,
  type SessionDirection,
} from "./prepare-session-chart";

const directions = (t: Translate) =>
  [
    { value: "download", label: t("common.download") },
    { value: "upload", label: t("common.upload") },
  ] as const;
const plotClass = "h-72 sm:h-80";

type SessionChartCardProps = {
  session: SessionDetail;
  events: readonly PathEventView[];
  onEvents: (ids: readonly string[]) => void;
};

function marksOf(t: Translate, chart: SessionChart | null, events: readonly PathEventView[], zone: Zone): ChartMark[] {
  if (chart === null) return [];
  const { startMs, unit } = chart;
  return events.map(({ id, at, tone, kind, what }) => ({
    id,
    x: placeOf({ startMs, unit }, at),
    tone,
    icon: pathEventIcons[kind],
    label: `${formatTime(t, at, "clock", zone)} ${what}`,
  }));
}

/** Bit rate by access over the session's life, with what happened to its paths marked on it. */
export function SessionChartCard({ session, events, onEvents }: SessionChartCardProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const [chosen, setChosen] = useState<SessionDirection | null>(null);
  const direction = chosen ?? mainDirection(session);
  const chart = useMemo(() => prepareSessionChart(t, session, direction), [session, direction, t]);
  const marks = useMemo(() => marksOf(t, chart, events, zone), [chart, events, zone, t]);
  const isRunning = session.end === null;
  return (
    <Card
      title={t("sessions.throughputByAccess")}
      note={t("sessions.payloadPerPathMeanOfS", {
        everyMs: String(session.samples.everyMs / 1000),
        zoneName: zoneName(t, zone),
      })}
      actions={
        <Segmented label={t("common.direction")} value={direction} options={directions(t)} onValue={setChosen} />
      }
    >
      {chart === null ? (
        <EmptyState
          title={isRunning ? t("sessions.theFirstSecondsAreBeingMeasured") : t("sessions.noCurve")}
          className={plotClass}
        >
          {isRunning ? t("sessions.theCurveBeginsWithTheSecond") : t("sessions.theSessionWasShorterThanTwo")}
        </EmptyState>
      ) : (
        <TimeSeries
          key={direction}
          name={t("sessions.byAccess", {
            direction: direction === "upload" ? t("common.upload") : t("common.download"),
          })}
          data={chart.data}
          xRange={chart.xRange}
          yMax={null}
          xName={t("sessions.when")}
          formatX={(x) => formatPlace(chart, x)}
          formatCursor={(x) => formatTime(t, chart.startMs + x * chart.unit.ms, "clock", zone)}
          summary={chart.summary}
          marks={marks}
          onMarks={onEvents}
          isPausable={isRunning}
          plotClassName={plotClass}
          note={t("sessions.timeSinceTheSessionBeganFlags")}
        />
      )}
    </Card>
  );
}
