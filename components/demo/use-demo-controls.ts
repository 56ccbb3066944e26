"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useLive, useLiveStore } from "@/components/live/live-provider";
import { isRunActive } from "@/components/live/live-store";
import { useNotify } from "@/components/ui/toast";
import type { DemoRequest } from "@/lib/contracts/demo";
import { type DemoRun, demoRunSchema } from "@/lib/contracts/live";
import { errorMessage } from "@/lib/shared/errors";
import { laneOrder } from "./lanes";
import { useRepeats } from "./use-repeats";

export type DemoControls = {
  settings: DemoRequest;
  change: (change: Partial<DemoRequest>) => void;
  /** The run on the stage; null: the stage is set for a new one. */
  run: DemoRun | null;
  isActive: boolean;
  /** A request to start or cancel is on its way. */
  isBusy: boolean;
  /** Why a run cannot be started now; null when it can. */
  blockedBecause: string | null;
  repeats: ReturnType<typeof useRepeats>;
  start: () => void;
  cancel: () => void;
  reset: () => void;
};

const firstSettings: DemoRequest = {
  preset: "city",
  direction: "download",
  sizeBytes: 1_000_000_000,
  lanes: [...laneOrder],
};

/** State and actions of the demo stage. `mayRun`: the user's role may start runs. */
export function useDemoControls(mayRun: boolean): DemoControls {
  const store = useLiveStore();
  const notify = useNotify();
  const queries = useQueryClient();
  const [settings, setSettings] = useState(firstSettings);
  const testbed = useLive((state) => state.testbed);
  const known = useLive((state) => state.run);
  const stagedRunId = useLive((state) => state.stagedRunId);
  const isActive = known !== null && isRunActive(known);
  const run = useMemo(() => {
    if (known === null || known.id !== stagedRunId) return null;
    // While it runs the testbed's own state is newer than what the run holds: the object's sum, the links.
    return isActive && testbed !== null ? { ...known, testbed } : known;
  }, [known, stagedRunId, isActive, testbed]);

  const renewList = () => queries.invalidateQueries({ queryKey: queryKeys.allDemoRuns });
  const starting = useMutation({
    mutationFn: () => fetchJson(demoRunSchema, "/api/demo/runs", { method: "POST", body: settings }),
    onSuccess: (made) => {
      if (store.getState().run?.id !== made.id) store.apply({ type: "run", run: made }, Date.now());
      void renewList();
    },
    onError: (error) => notify({ tone: "bad", title: "The run was not started", detail: errorMessage(error) }),
  });
  const cancelling = useMutation({
    mutationFn: (id: string) => fetchJson(demoRunSchema, `/api/demo/runs/${id}/cancel`, { method: "POST" }),
    onSuccess: () => void renewList(),
    onError: (error) => notify({ tone: "bad", title: "The run was not cancelled", detail: errorMessage(error) }),
  });

  const isBusy = starting.isPending || cancelling.isPending;
  const blockedBecause = useMemo(() => {
    if (!mayRun) return "Your role may watch runs but not start them.";
    if (testbed === null) return "No testbed is connected.";
    if (testbed.state === "starting") return "The testbed is starting.";
    if (testbed.state === "stopping") return "The testbed is stopping.";
    return settings.lanes.length === 0 ? "Choose at least one lane." : null;
  }, [mayRun, testbed, settings.lanes.length]);

  const { mutate: startRun } = starting;
  const { mutate: cancelRun } = cancelling;
  const startNext = useCallback((onFailed: () => void) => startRun(undefined, { onError: onFailed }), [startRun]);
  const repeats = useRepeats(run, startNext);
  const { begin: beginRepeats, stop: stopRepeats } = repeats;
  const start = useCallback(() => {
    if (isBusy || isActive) return;
    if (run !== null)
      notify({ title: "The last run is still on the stage", detail: "Press R for a new one, then start." });
    else if (blockedBecause === null) {
      beginRepeats();
      startRun(undefined, { onError: stopRepeats });
    } else notify({ tone: "bad", title: "The run was not started", detail: blockedBecause });
  }, [isBusy, isActive, run, blockedBecause, beginRepeats, stopRepeats, startRun, notify]);
  const cancel = useCallback(() => {
    stopRepeats();
    if (known !== null && isActive && !isBusy) cancelRun(known.id);
  }, [known, isActive, isBusy, stopRepeats, cancelRun]);
  const reset = useCallback(() => {
    stopRepeats();
    if (isActive) notify({ title: "A run is going on", detail: "Cancel it first, then set up a new one." });
    else store.clearStage();
  }, [isActive, stopRepeats, store, notify]);
  const change = useCallback((next: Partial<DemoRequest>) => setSettings((before) => ({ ...before, ...next })), []);

  return { settings, change, run, isActive, isBusy, blockedBecause, repeats, start, cancel, reset };
}
