"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { formatStageRate, formatStageTime } from "./format-stage";
import { laneNames } from "./lanes";
import { prepareLane } from "./prepare-lane";
import { formatPercent, formatRatio, prepareVerdict } from "./prepare-verdict";

/** Progress is spoken this often; changes of state at once. */
const everyMs = 15_000;

function describeProgress(t: Translate, run: DemoRun): string {
  const running = run.lanes.find((lane) => lane.state === "running");
  if (running === undefined) return "";
  const { fraction, rateBps, etaMs } = prepareLane(running, run.request.sizeBytes);
  const rate = rateBps === null ? "" : `, ${formatStageRate(rateBps)}`;
  const left = etaMs === null ? "" : t("demo.timeLeft", { stageTime: formatStageTime(etaMs) });
  return t("demo.perCent", {
    lane: laneNames(t)[running.lane],
    fraction: String(Math.round(fraction * 100)),
    rate,
    left,
  });
}

function describeEnd(t: Translate, run: DemoRun): string {
  const { overLte, efficiency } = prepareVerdict(t, run);
  return [
    `${t("demo.outcomeOf", { subject: t("demo.theRun"), state: run.state })}.`,
    ...(overLte.value === null ? [] : [t("demo.lteWifiWasLteOnly", { ratio: formatRatio(overLte.value) })]),
    ...(efficiency.value === null ? [] : [t("demo.itReachedOfTheSumOf", { percent: formatPercent(efficiency.value) })]),
  ].join(" ");
}

function stateKey(run: DemoRun): string {
  return [run.id, run.state, ...run.lanes.map((lane) => lane.state)].join(" ");
}

function describeStates(t: Translate, run: DemoRun): string {
  if (run.state === "queued") return t("demo.theRunWaitsForItsUe");
  if (run.state !== "running") return describeEnd(t, run);
  return run.lanes.map((lane) => t("demo.laneState", { lane: laneNames(t)[lane.lane], state: lane.state })).join(", ");
}

/** Tells screen readers how the run goes, politely and not often. */
export function RunAnnouncer({ run }: { run: DemoRun | null }) {
  const t = useTranslations();
  const [text, setText] = useState("");
  const spoken = useRef({ key: "", atMs: 0 });
  useEffect(() => {
    if (run === null) return;
    const key = stateKey(run);
    const nowMs = Date.now();
    const isChange = key !== spoken.current.key;
    if (!isChange && nowMs - spoken.current.atMs < everyMs) return;
    const next = isChange ? describeStates(t, run) : describeProgress(t, run);
    if (next === "") return;
    spoken.current = { key, atMs: nowMs };
    setText(next);
  }, [run, t]);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
