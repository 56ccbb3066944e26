"use client";

import clsx from "clsx";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { ErrorState } from "@/components/ui/error-state";
import type { DemoDirection, LaneId } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { DemoChart } from "./demo-chart";
import { FaultLog } from "./fault-log";
import { LaneCard } from "./lane-card";
import { laneOrder } from "./lanes";
import { compareSha, sharedError } from "./prepare-lane";
import { RunAnnouncer } from "./run-announcer";
import { RunStateBadge } from "./run-state-badge";
import { VerdictCard } from "./verdict-card";

type DemoStageProps = {
  /** Null: set for a new run. */
  run: DemoRun | null;
  chosenLanes: readonly LaneId[];
  direction: DemoDirection;
  /** Its lanes are on a real device, not in the testbed. */
  isDevice: boolean;
  isRecorded: boolean;
  isFullScreen: boolean;
  /** Set-up or description of the run. */
  line: ReactNode;
  actions: ReactNode;
  /** What may be done while it runs. */
  controls?: ReactNode;
};

/** The part that is shown on the wall: three lanes, the race, the result. */
export function DemoStage(props: DemoStageProps) {
  const t = useTranslations();
  const { run, chosenLanes, direction, isDevice, isRecorded, isFullScreen, line, actions, controls } = props;
  const error = run === null ? null : sharedError(run);
  return (
    <div className={clsx("flex flex-col gap-4", isFullScreen && "h-dvh overflow-y-auto p-6")}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-xl tracking-tight">{t("demo.demo")}</h1>
        {isRecorded ? <Badge tone="warn">{t("demo.recorded")}</Badge> : null}
        {run === null ? null : <RunStateBadge state={run.state} />}
        <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
        <div className="w-full">{line}</div>
      </header>
      {error === null ? null : <ErrorState title={t("demo.theRunFailed")} detail={error} />}
      <div className="grid gap-4 md:grid-cols-3">
        {laneOrder.map((id) => {
          const lane = run?.lanes.find((one) => one.lane === id) ?? null;
          return (
            <LaneCard
              key={id}
              id={id}
              direction={direction}
              lane={lane}
              sizeBytes={run?.request.sizeBytes ?? 0}
              sha={run === null || lane === null ? "unknown" : compareSha(run, lane)}
              isChosen={chosenLanes.includes(id)}
              isDevice={isDevice}
              shownError={error}
            />
          );
        })}
      </div>
      {controls}
      {run === null ? null : <FaultLog run={run} />}
      <div
        className={clsx(
          "grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]",
          isFullScreen && "grow xl:grid-cols-[minmax(0,1fr)_26rem]",
        )}
      >
        <DemoChart run={run} isFullScreen={isFullScreen} />
        <VerdictCard run={run} />
      </div>
      <RunAnnouncer run={isRecorded ? null : run} />
    </div>
  );
}
