"use client";

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

const directions = [
  { value: "downloadBps", label: "Download" },
  { value: "uploadBps", label: "Upload" },
] as const;

const range = [-liveWindowMs / 1000, 0] as const;
const formatAxis = (x: number) => (x === 0 ? "now" : `−${Math.abs(x)} s`);
const formatCursor = (x: number) => (Math.abs(x) < 0.05 ? "now" : `${Math.abs(x).toFixed(1)} s ago`);
const plotClass = "min-h-64 grow sm:min-h-72";

/** Bit rate by access over the last two minutes, as it happens. */
export function LiveThroughput() {
  const [direction, setDirection] = useState<Direction>("downloadBps");
  const rates = useLiveRates(200);
  const isKnown = useLive((state) => state.hasSnapshot);
  const skewMs = useLive((state) => state.clockSkewMs);
  const nowMs = Number.isFinite(skewMs) ? Date.now() - skewMs : Date.now();
  const data = prepareLiveRates(rates, direction, nowMs);
  const name = direction === "downloadBps" ? "Download" : "Upload";

  return (
    <Card
      isFilled
      title="Throughput by access"
      note="All nodes, last 2 minutes"
      actions={<Segmented label="Direction" value={direction} options={directions} onValue={setDirection} />}
    >
      {!isKnown ? <Skeleton className="min-h-72 grow sm:min-h-80" /> : null}
      {isKnown && data.xs.length === 0 ? (
        <EmptyState title="No traffic yet" className={plotClass}>
          Run <code className="font-mono text-ink">npm run demo</code> or send a download through an agent.
        </EmptyState>
      ) : null}
      {isKnown && data.xs.length > 0 ? (
        <TimeSeries
          name={`${name} by access`}
          data={data}
          xRange={range}
          yMax={null}
          xName="When"
          formatX={formatAxis}
          formatCursor={formatCursor}
          summary={summariseLiveRates(data, name)}
          isPausable
          plotClassName={plotClass}
        />
      ) : null}
    </Card>
  );
}
