"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useLive } from "@/components/live/live-provider";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { type DemoRequest, presets } from "@/lib/contracts/demo";
import { demoRunListSchema } from "@/lib/contracts/portal";
import { errorMessage } from "@/lib/shared/errors";
import { formatBytes } from "@/lib/shared/units";
import { directionMarks } from "./directions";
import { laneNames } from "./lanes";
import { prepareSpread, type Spread } from "./prepare-spread";
import { formatPercent, formatRatio } from "./prepare-verdict";

/** The newest runs are compared, as many as a page has. */
const comparedRuns = 100;

/** How far repeats of what is on the stage agree: one run is an anecdote. */
export function SpreadCard({ request }: { request: DemoRequest }) {
  const liveState = useLive((state) => `${state.run?.id ?? ""} ${state.run?.state ?? ""}`);
  const runs = useQuery({
    queryKey: [...queryKeys.demoSpread, liveState],
    queryFn: ({ signal }) => fetchJson(demoRunListSchema, `/api/demo/runs?limit=${comparedRuns}`, { signal }),
  });
  const spread = runs.data === undefined ? null : prepareSpread(runs.data.items, request);
  const preset = presets.find(({ id }) => id === request.preset)?.name ?? request.preset;
  const lanes = request.lanes.map((id) => laneNames[id]).join(", ");
  return (
    <Card
      title="Repeats"
      note={`${preset}, ${formatBytes(request.sizeBytes)}${directionMarks[request.direction]}, ${lanes}: finished runs without faults, of the newest ${comparedRuns}`}
    >
      {runs.isPending ? <Skeleton className="h-16" /> : null}
      {runs.isError ? (
        <ErrorState
          title="The runs could not be read"
          detail={errorMessage(runs.error)}
          onRetry={() => runs.refetch()}
        />
      ) : null}
      {spread !== null && spread.runs < 2 ? (
        <p className="text-ink-2 text-sm">
          {spread.runs === 0 ? "No such run yet." : "One such run so far."} Two runs alike show how far they agree:
          choose 3× or 5× before the start.
        </p>
      ) : null}
      {spread !== null && spread.runs >= 2 ? (
        <dl data-testid="spread" className="grid gap-x-6 gap-y-3 sm:grid-cols-3">
          <Line name="LTE + WiFi over LTE only" spread={spread.overLte} format={formatRatio} />
          <Line name="over the best single path" spread={spread.overBest} format={formatRatio} />
          <Line name="of the sum of both paths" spread={spread.efficiency} format={formatPercent} />
        </dl>
      ) : null}
    </Card>
  );
}

type LineProps = { name: string; spread: Spread | null; format: (value: number) => string };

function Line({ name, spread, format }: LineProps) {
  return (
    <div>
      <dt className="text-ink-2 text-sm">{name}</dt>
      <dd className="tnum">
        {spread === null ? (
          <span className="text-ink-3">not measured</span>
        ) : (
          <>
            <span className="font-semibold text-xl">{format(spread.median)}</span>{" "}
            <span className="text-ink-2 text-sm">
              median of {spread.count}, {format(spread.least)} to {format(spread.most)}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}
