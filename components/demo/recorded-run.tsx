"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, BookOpenText, Maximize, Minimize, Play, Square } from "lucide-react";
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
import { MethodDrawer } from "./method-drawer";
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
  const { shown, isPlaying, play, stop } = useReplay(run);
  useStageKeys(hasKeys, { onSpace: isPlaying ? stop : play, onReset: stop, onFullScreen: toggle });

  return (
    <>
      <DemoStage
        run={shown}
        chosenLanes={run.request.lanes}
        isRecorded
        isFullScreen={isFullScreen}
        line={<RunLine run={run} />}
        actions={
          <>
            <Link href="/demo" className={buttonClass("secondary")}>
              <ArrowLeft size={14} aria-hidden />
              All runs
            </Link>
            <Button onClick={() => setMethodOpen(true)}>
              <BookOpenText size={14} aria-hidden />
              Method
            </Button>
            <Button onClick={toggle} className="max-sm:hidden">
              {isFullScreen ? <Minimize size={14} aria-hidden /> : <Maximize size={14} aria-hidden />}
              {isFullScreen ? "Leave full screen" : "Full screen"}
            </Button>
            <Button variant="primary" onClick={isPlaying ? stop : play}>
              {isPlaying ? <Square size={14} aria-hidden /> : <Play size={14} aria-hidden />}
              {isPlaying ? "Show the end" : "Replay"}
            </Button>
          </>
        }
      />
      <MethodDrawer isOpen={isMethodOpen} onClose={closeMethod} run={run} testbed={run.testbed} />
    </>
  );
}
