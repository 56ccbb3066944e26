"use client";

import { useEffect, useRef, useState } from "react";
import type { LaneId } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { formatStageRate, formatStageTime } from "./format-stage";
import { laneNames } from "./lanes";
import { prepareLane } from "./prepare-lane";
import { formatPercent, formatRatio, prepareVerdict } from "./prepare-verdict";

/** Progress is spoken this often; changes of state at once. */
const everyMs = 15_000;

function describeProgress(run: DemoRun): string {
  const running = run.lanes.find((lane) => lane.state === "running");
  if (running === undefined) return "";
  const { fraction, rateBps, etaMs } = prepareLane(running, run.request.sizeBytes);
  const rate = rateBps === null ? "" : `, ${formatStageRate(rateBps)}`;
  const left = etaMs === null ? "" : `, ${formatStageTime(etaMs)} left`;
  return `${laneNames[running.lane]}: ${Math.round(fraction * 100)} per cent${rate}${left}`;
}

function describeEnd(run: DemoRun): string {
  const { overLte, efficiency } = prepareVerdict(run);
  const ratio = overLte.value === null ? "" : ` LTE + WiFi was ${formatRatio(overLte.value)} LTE only.`;
  const share =
    efficiency.value === null ? "" : ` It reached ${formatPercent(efficiency.value)} of the sum of both paths.`;
  return `The run ${run.state === "finished" ? "has finished" : run.state}.${ratio}${share}`;
}

function stateKey(run: DemoRun): string {
  return [run.id, run.state, ...run.lanes.map((lane) => lane.state)].join(" ");
}

function describeStates(run: DemoRun): string {
  if (run.state === "queued") return "The run waits for the testbed.";
  if (run.state !== "running") return describeEnd(run);
  const spoken = (id: LaneId, state: string) => `${laneNames[id]} ${state}`;
  return run.lanes.map((lane) => spoken(lane.lane, lane.state)).join(", ");
}

/** Tells screen readers how the run goes, politely and not often. */
export function RunAnnouncer({ run }: { run: DemoRun | null }) {
  const [text, setText] = useState("");
  const spoken = useRef({ key: "", atMs: 0 });
  useEffect(() => {
    if (run === null) return;
    const key = stateKey(run);
    const nowMs = Date.now();
    const isChange = key !== spoken.current.key;
    if (!isChange && nowMs - spoken.current.atMs < everyMs) return;
    const next = isChange ? describeStates(run) : describeProgress(run);
    if (next === "") return;
    spoken.current = { key, atMs: nowMs };
    setText(next);
  }, [run]);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
