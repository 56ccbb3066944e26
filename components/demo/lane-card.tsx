"use client";

import clsx from "clsx";
import { CircleCheck, CircleX, ShieldCheck, ShieldX } from "lucide-react";
import type { ReactNode } from "react";
import { AccessMark } from "@/components/ui/access-mark";
import { Badge } from "@/components/ui/badge";
import { ErrorState } from "@/components/ui/error-state";
import { Figure } from "@/components/ui/figure";
import type { DemoDirection, LaneId } from "@/lib/contracts/demo";
import { formatBytes } from "@/lib/shared/units";
import { doneNames } from "./directions";
import { formatStageRate, formatStageTime } from "./format-stage";
import { LaneBar } from "./lane-bar";
import { laneDevices, laneNames } from "./lanes";
import type { LaneFigures, ShaVerdict } from "./prepare-lane";

type LaneCardProps = {
  id: LaneId;
  direction: DemoDirection;
  /** Null before a run. */
  figures: LaneFigures | null;
  sha: ShaVerdict;
  isChosen: boolean;
  /** An error that the stage shows for all lanes. */
  shownError: string | null;
};

/** One lane: its speed large enough for the last row, then how far it is, then how it ended. */
export function LaneCard({ id, direction, figures, sha, isChosen, shownError }: LaneCardProps) {
  const state = figures?.lane.state ?? "waiting";
  const isAggregate = id === "lte-wifi";
  const error = figures?.lane.error ?? null;
  return (
    <section
      aria-label={`Lane ${laneNames[id]}`}
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
        <h2 className="font-semibold text-lg">{laneNames[id]}</h2>
        <span className="grow" />
        <LaneState figures={figures} isChosen={isChosen} />
        <p className="w-full text-ink-3 text-sm">{laneDevices[id]}</p>
      </header>
      <div>
        <Figure
          text={figures?.rateBps == null ? null : formatStageRate(figures.rateBps)}
          size="stage"
          id={`rate-${id}`}
          className={state === "waiting" ? "text-ink-3" : undefined}
        />
        <p className="pt-1 text-ink-3 text-sm">{figures === null ? "not started" : rateMeaning(state)}</p>
      </div>
      <LaneBar
        label={`${laneNames[id]}: share of the object ${doneNames[direction].toLowerCase()}`}
        fraction={figures?.fraction ?? 0}
        lteShare={laneLteShare(id, figures)}
        isAggregate={isAggregate}
      />
      <dl className="grid grid-cols-3 gap-2 text-sm">
        <Fact name={doneNames[direction]} value={figures === null ? "–" : formatBytes(figures.deliveredBytes)} />
        <Fact name="Elapsed" value={figures?.elapsedMs == null ? "–" : formatStageTime(figures.elapsedMs)} />
        <Fact
          name={state === "finished" ? "SHA-256" : "Time left"}
          value={
            state === "finished" ? <ShaTick sha={sha} /> : figures?.etaMs == null ? "–" : formatStageTime(figures.etaMs)
          }
        />
      </dl>
      {error === null || error === shownError ? null : <ErrorState title="This lane failed" detail={error} />}
    </section>
  );
}

function rateMeaning(state: LaneFigures["lane"]["state"]): string {
  if (state === "running") return "payload, last second";
  if (state === "finished") return "payload, mean of the whole lane";
  return state === "waiting" ? "waiting for its turn" : "no rate: the lane did not finish";
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
  if (!isChosen) return <Badge>Not in this run</Badge>;
  if (figures === null) return <Badge>Ready</Badge>;
  const { lane } = figures;
  switch (lane.state) {
    case "waiting":
      return <Badge>Waiting</Badge>;
    case "running":
      return <Badge tone="accent">Running</Badge>;
    case "finished":
      return (
        <Badge tone="good" icon={<CircleCheck size={12} aria-hidden />}>
          Finished <span className="md:max-xl:sr-only">in {formatStageTime(lane.elapsedMs ?? 0)}</span>
        </Badge>
      );
    case "failed":
      return (
        <Badge tone="bad" icon={<CircleX size={12} aria-hidden />}>
          Failed
        </Badge>
      );
    case "cancelled":
      return <Badge tone="warn">Cancelled</Badge>;
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
  if (sha === "unknown") return <span className="text-ink-2">not compared</span>;
  return sha === "equal" ? (
    <span className="inline-flex items-center gap-1 text-good">
      <ShieldCheck size={14} aria-hidden />
      equal
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-bad">
      <ShieldX size={14} aria-hidden />
      differs
    </span>
  );
}
