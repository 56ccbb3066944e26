"use client";

import { BookOpenText, Maximize, Minimize, Play, RotateCcw, Square } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { memo, useCallback, useMemo, useState } from "react";
import { FreshnessChip } from "@/components/live/freshness-chip";
import { useLive } from "@/components/live/live-provider";
import { useCommands } from "@/components/shell/commands";
import { Page } from "@/components/shell/page-header";
import { usePreferences } from "@/components/shell/preferences";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { DemoRun } from "@/lib/contracts/live";
import { DemoStage } from "./demo-stage";
import { FaultBar, useWifiFaults } from "./fault-bar";
import { KeyHints } from "./key-hints";
import { NoTestbed } from "./no-testbed";
import { placeName } from "./place-name";
import { hasFault } from "./prepare-faults";
import { RunLine } from "./run-line";
import { StageSetup } from "./stage-setup";
import { useDemoControls } from "./use-demo-controls";
import { useFullScreen } from "./use-full-screen";
import { useStageKeys } from "./use-stage-keys";

/* What is not the stage itself comes after it. The portal draws none that changes while a run goes on. */
const loading = () => <Skeleton className="min-h-40" />;
const ExportMenu = dynamic(() => import("./export-menu").then((module) => module.ExportMenu), { ssr: false });
const MethodDrawer = dynamic(() => import("./method-drawer").then((module) => module.MethodDrawer), { ssr: false });
/* A run that goes on draws the stage ten times a second, and these only when something of theirs changed. */
const PastRuns = memo(dynamic(() => import("./past-runs").then((module) => module.PastRuns), { loading }));
const SpreadCard = memo(
  dynamic(() => import("./spread-card").then((module) => module.SpreadCard), { ssr: false, loading }),
);

/** The demo for a room: choose, start, watch, read the result. */
export function DemoPage({ mayRun, atFirst }: { mayRun: boolean; atFirst: DemoRun | null }) {
  const t = useTranslations();
  const controls = useDemoControls(mayRun, atFirst);
  const { run, testbed, settings, devices, device, isActive, isBusy, blockedBecause, repeats, start, cancel, reset } =
    controls;
  const isKnown = useLive((state) => state.hasSnapshot);
  const { isFullScreen, toggle } = useFullScreen();
  const { hasKeys } = usePreferences();
  const [isMethodOpen, setMethodOpen] = useState(false);
  const closeMethod = useCallback(() => setMethodOpen(false), []);

  const faults = useWifiFaults(testbed, mayRun && run?.device == null);

  useStageKeys(hasKeys, { onSpace: start, onReset: reset, onFullScreen: toggle, onWifi: faults.toggle });
  useCommands(
    useMemo(
      () => [
        { id: "demo-start", group: t("demo.demo"), name: t("demo.startTheRun"), hint: t("demo.space"), run: start },
        { id: "demo-cancel", group: t("demo.demo"), name: t("demo.cancelTheRun"), run: cancel },
        { id: "demo-reset", group: t("demo.demo"), name: t("demo.setUpANewRun"), hint: "R", run: reset },
        { id: "demo-method", group: t("demo.demo"), name: t("demo.showTheMethod"), run: () => setMethodOpen(true) },
        { id: "demo-wifi", group: t("demo.demo"), name: t("demo.wifiDownOrRestored2"), hint: "W", run: faults.toggle },
        { id: "demo-full", group: t("demo.demo"), name: t("demo.fullScreen"), hint: "F", run: toggle },
      ],
      [start, cancel, reset, toggle, faults.toggle, t],
    ),
  );

  const isMissing = isKnown && testbed === null && run === null && devices.length === 0;
  const isOnDevice = run === null ? settings.device !== null : run.device !== null;
  const shown = run ?? { request: settings, device };
  return (
    <Page>
      {isMissing ? (
        <NoTestbed />
      ) : (
        <DemoStage
          run={run}
          chosenLanes={run?.request.lanes ?? settings.lanes}
          direction={run?.request.direction ?? settings.direction}
          isDevice={isOnDevice}
          isRecorded={false}
          isFullScreen={isFullScreen}
          controls={
            mayRun && testbed !== null && run?.device == null && (isActive || hasFault(testbed)) ? (
              <FaultBar testbed={testbed} faults={faults} />
            ) : null
          }
          line={
            run === null ? (
              <StageSetup
                settings={settings}
                devices={devices}
                onChange={controls.change}
                repeats={repeats.count}
                onRepeats={repeats.choose}
              />
            ) : (
              <RunLine run={run} />
            )
          }
          actions={
            <>
              <FreshnessChip />
              {repeats.left === 0 ? null : <Badge tone="accent">{t("demo.moreToRun", { left: repeats.left })}</Badge>}
              {run === null || isActive ? null : <ExportMenu run={run} />}
              <Button onClick={() => setMethodOpen(true)}>
                <BookOpenText size={14} aria-hidden />
                {t("demo.method")}
              </Button>
              <Button onClick={toggle} className="max-sm:hidden">
                {isFullScreen ? <Minimize size={14} aria-hidden /> : <Maximize size={14} aria-hidden />}
                {isFullScreen ? t("demo.leaveFullScreen") : t("demo.fullScreen")}
              </Button>
              {isActive ? (
                <Button variant="danger" disabled={isBusy || !mayRun} onClick={cancel}>
                  <Square size={14} aria-hidden />
                  {t("common.cancel")}
                </Button>
              ) : run === null ? (
                <Button variant="primary" disabled={isBusy || blockedBecause !== null} onClick={start}>
                  <Play size={14} aria-hidden />
                  {t("demo.start")}
                </Button>
              ) : (
                <Button variant="primary" onClick={reset}>
                  <RotateCcw size={14} aria-hidden />
                  {t("demo.newRun2")}
                </Button>
              )}
            </>
          }
        />
      )}
      {isKnown && run === null && blockedBecause !== null && !isMissing ? (
        <p className="off-stage text-ink-2 text-sm">{blockedBecause}</p>
      ) : null}
      <div className="off-stage flex flex-col gap-4">
        {isMissing ? null : <KeyHints hasFaults={!isOnDevice} />}
        {isMissing ? null : <SpreadCard request={shown.request} place={placeName(t, shown)} />}
        <PastRuns />
      </div>
      <MethodDrawer
        isOpen={isMethodOpen}
        onClose={closeMethod}
        run={run}
        testbed={run?.device == null ? (run?.testbed ?? testbed) : null}
      />
    </Page>
  );
}
