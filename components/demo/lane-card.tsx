"use client";

import clsx from "clsx";
import { CircleCheck, CircleX, ShieldCheck, ShieldX } from "lucide-react";
import { useTranslations } from "next-intl";
import { memo, type ReactNode } from "react";
import { AccessMark } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { ErrorState } from "@/components/ui/error-state";
import { Figure } from "@/components/ui/figure";
import type { DemoDirection, LaneId, LaneReport } from "@/lib/contracts/demo";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { doneNames } from "./directions";
import { formatStageRate, formatStageTime } from "./format-stage";
import { LaneBar } from "./lane-bar";
import { laneLinks, laneNames, laneUes } from "./lanes";
import { type LaneFigures, prepareLane, type ShaVerdict } from "./prepare-lane";

type LaneCardProps = {
  id: LaneId;
  direction: DemoDirection;
  /** Null before a run. */
  lane: LaneReport | null;
  /** Of the object. */
  sizeBytes: number;
  sha: ShaVerdict;
  isChosen: boolean;
  /** On a real device, not in the testbed. */
  isDevice: boolean;
  /** An error that the stage shows for all lanes. */
  shownError: string | null;
};

/**
 * One lane: its speed large enough for the last row, then how far it is, then how it ended. Drawn only when something of
 * it changed: of three lanes one runs.
 */
export const LaneCard = memo(function LaneCard(props: LaneCardProps) {
  const { id, direction, lane, sizeBytes, sha, isChosen, isDevice, shownError } = props;
  const t = useTranslations();
  const figures = lane === null ? null : prepareLane(lane, sizeBytes);
  const state = figures?.lane.state ?? "waiting";
  const isAggregate = id === "lte-wifi";
  const error = figures?.lane.error ?? null;
  return (
    <section
      aria-label={t("demo.lane", { lane: laneNames(t)[id] })}
      data-testid={`lane-${id}`}
      data-state={state}
      className={clsx(
        "flex min-w-0 flex-col gap-3 rounded-lg border p-4 xl:p-5",
        isChosen ? "bg-surface" : "border-dashed",
        state === "running" ? "border-accent" : "border-line",
      )}
    >
      <header className="flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1">
        <LaneMarks id={id} />
        <h2 className="font-semibold text-lg">{laneNames(t)[id]}</h2>
        <span className="grow" />
        <LaneState figures={figures} isChosen={isChosen} />
        <p className="w-full text-ink-3 text-sm">{(isDevice ? laneLinks(t) : laneUes(t))[id]}</p>
      </header>
      <div>
        <Figure
          text={figures?.rateBps == null ? null : formatStageRate(figures.rateBps)}
          size="stage"
          id={`rate-${id}`}
          className={state === "waiting" ? "text-ink-3" : undefined}
        />
        <p className="pt-1 text-ink-3 text-sm">{figures === null ? t("demo.notStarted") : rateMeaning(t, state)}</p>
      </div>
      <LaneBar
        label={t("demo.shareOfTheObject", { lane: laneNames(t)[id], direction })}
        fraction={figures?.fraction ?? 0}
        lteShare={laneLteShare(id, figures)}
        isAggregate={isAggregate}
      />
      <dl className="grid grid-cols-3 gap-2 text-sm">
        <Fact name={doneNames(t)[direction]} value={figures === null ? "–" : formatBytes(figures.deliveredBytes)} />
        <Fact name={t("demo.elapsed")} value={figures?.elapsedMs == null ? "–" : formatStageTime(figures.elapsedMs)} />
        <Fact
          name={state === "finished" ? "SHA-256" : t("demo.timeLeftName")}
          value={
            state === "finished" ? <ShaTick sha={sha} /> : figures?.etaMs == null ? "–" : formatStageTime(figures.etaMs)
          }
        />
      </dl>
      {error === null || error === shownError ? null : <ErrorState title={t("demo.thisLaneFailed")} detail={error} />}
    </section>
  );
});

function rateMeaning(t: Translate, state: LaneFigures["lane"]["state"]): string {
  if (state === "running") return t("demo.payloadLastSecond");
  if (state === "finished") return t("demo.payloadMeanOfTheWholeLane");
  return state === "waiting" ? t("demo.waitingForItsTurn") : t("demo.noRateTheLaneDidNot");
}

function laneLteShare(id: LaneId, figures: LaneFigures | null): number {
  if (id !== "lte-wifi") return id === "lte-only" ? 1 : 0;
  const bytes = figures === null ? 0 : figures.lteBytes + figures.wifiBytes;
  return figures === null || bytes === 0 ? 0 : figures.lteBytes / bytes;
}

function LaneMarks({ id }: { id: LaneId }) {
  return (
    <span aria-hidden className="flex flex-col gap-0.5">
      {id === "wifi-only" ? null : <AccessMark tone="lte" />}
      {id === "lte-only" ? null : <AccessMark tone="wifi" />}
    </span>
  );
}

function LaneState({ figures, isChosen }: { figures: LaneFigures | null; isChosen: boolean }) {
  const t = useTranslations();
  if (!isChosen) return <Badge>{t("demo.notInThisRun")}</Badge>;
  if (figures === null) return <Badge>{t("demo.ready")}</Badge>;
  const { lane } = figures;
  switch (lane.state) {
    case "waiting":
      return <Badge>{t("demo.waiting")}</Badge>;
    case "running":
      return <Badge tone="accent">{t("demo.running")}</Badge>;
    case "finished":
      return (
        <Badge tone="good" icon={<CircleCheck size={12} aria-hidden />}>
          {t.rich("demo.finishedInStageTime", {
            stageTime: formatStageTime(lane.elapsedMs ?? 0),
            span: (chunks) => <span className="md:max-xl:sr-only">{chunks}</span>,
          })}
        </Badge>
      );
    case "failed":
      return (
        <Badge tone="bad" icon={<CircleX size={12} aria-hidden />}>
          {t("demo.failed")}
        </Badge>
      );
    case "cancelled":
      return <Badge tone="warn">{t("demo.cancelled")}</Badge>;
  }
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-3 text-xs">{name}</dt>
      <dd className="whitespace-nowrap font-medium tnum">{value}</dd>
    </div>
  );
}

function ShaTick({ sha }: { sha: ShaVerdict }) {
  const t = useTranslations();
  if (sha === "unknown") return <span className="text-ink-2">{t("demo.notCompared")}</span>;
  return sha === "equal" ? (
    <span className="inline-flex items-center gap-1 text-good">
      <ShieldCheck size={14} aria-hidden />
      {t("demo.equal")}
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-bad">
      <ShieldX size={14} aria-hidden />
      {t("demo.differs")}
    </span>
  );
}
