"use client";

import { BookOpenText, Maximize, Minimize } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useCallback, useState } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { Button } from "@/components/ui/button";
import type { DemoRun } from "@/lib/contracts/live";
import { DemoStage } from "./demo-stage";
import { ExportMenu } from "./export-menu";
import { MethodDrawer } from "./method-drawer";
import { ReplayBar } from "./replay-bar";
import { RunLine } from "./run-line";
import { useFullScreen } from "./use-full-screen";
import { useReplay } from "./use-replay";
import { useStageKeys } from "./use-stage-keys";

/** A kept run on the stage, marked as recorded; `actions` are those of the page that shows it. */
export function Recording({ run, actions }: { run: DemoRun; actions?: ReactNode }) {
  const t = useTranslations();
  const { isFullScreen, toggle } = useFullScreen();
  const { hasKeys } = usePreferences();
  const [isMethodOpen, setMethodOpen] = useState(false);
  const closeMethod = useCallback(() => setMethodOpen(false), []);
  const replay = useReplay(run);
  const { isPlaying, play, pause, end } = replay;
  useStageKeys(hasKeys, { onSpace: isPlaying ? pause : play, onReset: end, onFullScreen: toggle });

  return (
    <>
      <DemoStage
        run={replay.shown}
        chosenLanes={run.request.lanes}
        direction={run.request.direction}
        isDevice={run.device !== null}
        isRecorded
        isFullScreen={isFullScreen}
        line={<RunLine run={run} />}
        controls={<ReplayBar replay={replay} />}
        actions={
          <>
            {actions}
            <ExportMenu run={run} />
            <Button onClick={() => setMethodOpen(true)}>
              <BookOpenText size={14} aria-hidden />
              {t("demo.method")}
            </Button>
            <Button onClick={toggle} className="max-sm:hidden">
              {isFullScreen ? <Minimize size={14} aria-hidden /> : <Maximize size={14} aria-hidden />}
              {isFullScreen ? t("demo.leaveFullScreen") : t("demo.fullScreen")}
            </Button>
          </>
        }
      />
      <MethodDrawer isOpen={isMethodOpen} onClose={closeMethod} run={run} testbed={run.testbed} />
    </>
  );
}
