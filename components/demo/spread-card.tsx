"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { DemoRequest } from "@/lib/contracts/demo";
import { formatBytes } from "@/lib/shared/units";
import { directionMarks } from "./directions";
import { laneNames } from "./lanes";
import { prepareSpread, type Spread } from "./prepare-spread";
import { formatPercent, formatRatio } from "./prepare-verdict";
import { demoRunListShape } from "./shapes";
import { useRunState } from "./use-run-state";

/** The newest runs are compared, as many as a page has. */
const comparedRuns = 100;

/** How far repeats of what is on the stage agree: one run is an anecdote. */
export function SpreadCard({ request, place }: { request: DemoRequest; place: string }) {
  const t = useTranslations();
  const runState = useRunState();
  const runs = useQuery({
    queryKey: [...queryKeys.demoSpread, runState],
    enabled: runState !== null,
    queryFn: ({ signal }) => fetchJson(demoRunListShape, `/api/demo/runs?limit=${comparedRuns}`, { signal }),
  });
  const spread = runs.data === undefined ? null : prepareSpread(t, runs.data.items, request);
  const lanes = request.lanes.map((id) => laneNames(t)[id]).join(", ");
  return (
    <Card
      title={t("demo.repeats")}
      note={t("demo.finishedRunsWithoutFaultsOfTheNewest", {
        preset: place,
        bytes: formatBytes(request.sizeBytes),
        directionMark: directionMarks(t)[request.direction],
        lanes,
        comparedRuns: String(comparedRuns),
      })}
    >
      {runs.isPending ? <Skeleton className="h-16" /> : null}
      {runs.isError ? (
        <ErrorState
          title={t("demo.theRunsCouldNotBeRead")}
          detail={errorText(t, runs.error)}
          onRetry={() => runs.refetch()}
        />
      ) : null}
      {spread !== null && spread.runs < 2 ? (
        <p className="text-ink-2 text-sm">
          {t("demo.twoRunsAlikeShowHowFar", {
            state: spread.runs === 0 ? t("demo.noSuchRunYet") : t("demo.oneSuchRunSoFar"),
          })}
        </p>
      ) : null}
      {spread !== null && spread.runs >= 2 ? (
        <dl data-testid="spread" className="grid gap-x-6 gap-y-3 sm:grid-cols-3">
          <Line name={t("demo.overLteOnlyRatio")} spread={spread.overLte} format={formatRatio} />
          <Line name={t("demo.overTheBestSinglePath")} spread={spread.overBest} format={formatRatio} />
          <Line name={t("demo.ofTheSumOfBothPaths")} spread={spread.efficiency} format={formatPercent} />
        </dl>
      ) : null}
    </Card>
  );
}

type LineProps = { name: string; spread: Spread | null; format: (value: number) => string };

function Line({ name, spread, format }: LineProps) {
  const t = useTranslations();
  return (
    <div>
      <dt className="text-ink-2 text-sm">{name}</dt>
      <dd className="tnum">
        {spread === null ? (
          <span className="text-ink-3">{t("demo.notMeasured")}</span>
        ) : (
          <>
            <span className="font-semibold text-xl">{format(spread.median)}</span>{" "}
            <span className="text-ink-2 text-sm">
              {t("demo.medianOfTo", {
                count: spread.count,
                format: format(spread.least),
                format2: format(spread.most),
              })}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}
