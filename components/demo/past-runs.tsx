"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { TimeText } from "@/components/time/time-text";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import type { LaneId } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { directionMarks } from "./directions";
import { formatStageTime } from "./format-stage";
import { laneNames, laneOrder } from "./lanes";
import { placeName } from "./place-name";
import { type Comparison, formatPercent, formatRatio, prepareVerdict } from "./prepare-verdict";
import { RunStateBadge } from "./run-state-badge";
import { demoRunListShape } from "./shapes";
import { useRunState } from "./use-run-state";

const laneColumns: Record<LaneId, string> = {
  "lte-only": "hidden xl:table-cell",
  "wifi-only": "hidden xl:table-cell",
  "lte-wifi": "hidden md:table-cell",
};

const runsPerPage = 10;

/** Every run that was made, also the lost ones; each opens as a recording. */
export function PastRuns() {
  const t = useTranslations();
  const pages = useCursorPages();
  const runState = useRunState();
  const runs = useQuery({
    queryKey: [...queryKeys.demoRuns(pages.cursor), runState],
    enabled: runState !== null,
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(runsPerPage) });
      if (pages.cursor !== null) query.set("cursor", pages.cursor);
      return fetchJson(demoRunListShape, `/api/demo/runs?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
  });
  const items = runs.data?.items ?? [];
  return (
    <Card title={t("demo.pastRuns")} note={t("demo.timesToTheLastByte")} isFlush>
      {runs.isPending ? <TableSkeleton rows={4} /> : null}
      {runs.isError ? (
        <div className="px-4 pb-4">
          <ErrorState
            title={t("demo.theRunsCouldNotBeRead")}
            detail={errorText(t, runs.error)}
            onRetry={() => runs.refetch()}
          />
        </div>
      ) : null}
      {runs.isSuccess && items.length === 0 ? (
        <EmptyState icon={<History size={20} aria-hidden />} title={t("demo.noRunYet")}>
          {t("demo.everyRunIsKeptHereAlso")}
        </EmptyState>
      ) : null}
      {items.length > 0 ? <RunsTable runs={items} /> : null}
      {items.length > 0 ? <Pager pages={pages} nextCursor={runs.data?.nextCursor ?? null} /> : null}
    </Card>
  );
}

function RunsTable({ runs }: { runs: readonly DemoRun[] }) {
  const t = useTranslations();
  return (
    <Table label={t("demo.tableOfPastRuns")}>
      <thead>
        <tr>
          <Th>{t("common.started")}</Th>
          <Th className="hidden sm:table-cell">{t("demo.run2")}</Th>
          {laneOrder.map((id) => (
            <Th key={id} className={`text-right ${laneColumns[id]}`}>
              {laneNames(t)[id]}
            </Th>
          ))}
          <Th className="text-right">{t("demo.overLteOnly")}</Th>
          <Th className="hidden text-right sm:table-cell">{t("demo.efficiency")}</Th>
          <Th className="hidden sm:table-cell">{t("common.state")}</Th>
          <Th className="hidden xl:table-cell">{t("demo.by")}</Th>
          <Th>
            <span className="sr-only">{t("demo.open")}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </tbody>
    </Table>
  );
}

function laneTime(t: Translate, run: DemoRun, id: LaneId): string {
  const lane = run.lanes.find((candidate) => candidate.lane === id);
  if (lane === undefined) return "–";
  return lane.state === "finished" && lane.elapsedMs !== null
    ? formatStageTime(lane.elapsedMs)
    : t(`runStates.${lane.state}`);
}

function RunRow({ run }: { run: DemoRun }) {
  const t = useTranslations();
  const { overLte, efficiency } = prepareVerdict(t, run);
  const title = `${placeName(t, run)} · ${formatBytes(run.request.sizeBytes)}${directionMarks(t)[run.request.direction]}`;
  const figure = (comparison: Comparison, format: (value: number) => string) =>
    comparison.value === null || comparison.isLive ? "–" : format(comparison.value);
  return (
    <Tr>
      <Td>
        <TimeText at={run.createdAt} style="short" />
        <span className="block whitespace-nowrap text-ink-3 text-xs sm:hidden">
          {title} · {t(`runStates.${run.state}`)}
        </span>
      </Td>
      <Td className="hidden whitespace-nowrap sm:table-cell">{title}</Td>
      {laneOrder.map((id) => (
        <Td key={id} className={`whitespace-nowrap text-right tnum ${laneColumns[id]}`}>
          {laneTime(t, run, id)}
        </Td>
      ))}
      <Td className="text-right font-medium tnum">{figure(overLte, formatRatio)}</Td>
      <Td className="hidden whitespace-nowrap text-right tnum sm:table-cell">{figure(efficiency, formatPercent)}</Td>
      <Td className="hidden sm:table-cell">
        <RunStateBadge state={run.state} />
      </Td>
      <Td className="hidden max-w-32 truncate text-ink-2 xl:table-cell">{run.createdBy}</Td>
      <Td className="text-right">
        <Link href={`/demo/runs/${run.id}`} className={buttonClass("ghost", "sm")}>
          {t.rich("demo.openTheRun", { span: (chunks) => <span className="sr-only">{chunks}</span> })}
        </Link>
      </Td>
    </Tr>
  );
}
