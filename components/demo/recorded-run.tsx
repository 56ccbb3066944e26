"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, BookOpenText, Maximize, Minimize } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Page } from "@/components/shell/page-header";
import { usePreferences } from "@/components/shell/preferences";
import { Button, buttonClass } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { type DemoRun, demoRunSchema } from "@/lib/contracts/live";
import { errorMessage } from "@/lib/shared/errors";
import { DemoStage } from "./demo-stage";
import { ExportMenu } from "./export-menu";
import { MethodDrawer } from "./method-drawer";
import { ReplayBar } from "./replay-bar";
import { RunLine } from "./run-line";
import { useFullScreen } from "./use-full-screen";
import { useReplay } from "./use-replay";
import { useStageKeys } from "./use-stage-keys";

/** A run that was kept, always marked as recorded; it can be played again in its own time. */
export function RecordedRun({ id }: { id: string }) {
  const run = useQuery({
    queryKey: queryKeys.demoRun(id),
    queryFn: ({ signal }) => fetchJson(demoRunSchema, `/api/demo/runs/${encodeURIComponent(id)}`, { signal }),
  });
  return (
    <Page>
      {run.isPending ? <Skeleton className="h-96" /> : null}
      {run.isError ? (
        <>
          <Link href="/demo" className={buttonClass("secondary")}>
            <ArrowLeft size={14} aria-hidden />
            All runs
          </Link>
          <ErrorState
            title="The run could not be read"
            detail={errorMessage(run.error)}
            onRetry={() => run.refetch()}
          />
        </>
      ) : null}
      {run.isSuccess ? <Recording run={run.data} /> : null}
    </Page>
  );
}

function Recording({ run }: { run: DemoRun }) {
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
        isRecorded
        isFullScreen={isFullScreen}
        line={<RunLine run={run} />}
        controls={<ReplayBar replay={replay} />}
        actions={
          <>
            <Link href="/demo" className={buttonClass("secondary")}>
              <ArrowLeft size={14} aria-hidden />
              All runs
            </Link>
            <ExportMenu run={run} />
            <Button onClick={() => setMethodOpen(true)}>
              <BookOpenText size={14} aria-hidden />
              Method
            </Button>
            <Button onClick={toggle} className="max-sm:hidden">
              {isFullScreen ? <Minimize size={14} aria-hidden /> : <Maximize size={14} aria-hidden />}
              {isFullScreen ? "Leave full screen" : "Full screen"}
            </Button>
          </>
        }
      />
      <MethodDrawer isOpen={isMethodOpen} onClose={closeMethod} run={run} testbed={run.testbed} />
    </>
  );
}
