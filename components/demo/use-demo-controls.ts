"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useCallback, useEffect, useMemo, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useLive, useLiveStore } from "@/components/live/live-provider";
import { isRunActive } from "@/components/live/live-store";
import { useNotify } from "@/components/ui/toast";
import type { DemoRequest, TestbedStatus } from "@/lib/contracts/demo";
import type { ListedDemoDevice } from "@/lib/contracts/demo-devices";
import type { DemoRun } from "@/lib/contracts/live";
import { laneOrder } from "./lanes";
import { demoRunShape } from "./shapes";
import { useDemoDevices } from "./use-demo-devices";
import { useRepeats } from "./use-repeats";

export type DemoControls = {
  /** What a start asks for: of a device only what it can do. */
  settings: DemoRequest;
  /** Devices that could run it. */
  devices: readonly ListedDemoDevice[];
  /** The chosen one of them; null: the testbed, or a device that has gone. */
  device: ListedDemoDevice | null;
  change: (change: Partial<DemoRequest>) => void;
  testbed: TestbedStatus | null;
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
  device: null,
  direction: "download",
  sizeBytes: 1_000_000_000,
  lanes: [...laneOrder],
};

/** A device runs the lanes that it can, and sends where its source takes uploads. */
function fitTo(device: ListedDemoDevice | null, wanted: DemoRequest): DemoRequest {
  if (wanted.device === null) return wanted;
  const isRefused = (lane: string) => device?.refusals.some((refusal) => refusal.lane === lane) ?? false;
  const direction = device?.takesUploads === true ? wanted.direction : "download";
  return { ...wanted, direction, lanes: wanted.lanes.filter((lane) => !isRefused(lane)) };
}

/**
 * State and actions of the demo stage. `mayRun`: the user's role may start runs; `atFirst`: the run that goes on, as it
 * was known when the page was asked for, until the live stream has told.
 */
export function useDemoControls(mayRun: boolean, atFirst: DemoRun | null): DemoControls {
  const t = useTranslations();
  const store = useLiveStore();
  const notify = useNotify();
  const queries = useQueryClient();
  const [chosen, setSettings] = useState(firstSettings);
  const first = useLive((state) => state.hasSnapshot) ? null : atFirst;
  const testbed = useLive((state) => state.testbed) ?? first?.testbed ?? null;
  const known = useLive((state) => state.run) ?? first;
  const stagedRunId = useLive((state) => state.stagedRunId) ?? first?.id ?? null;
  const firstId = first?.id ?? null;
  useEffect(() => {
    if (firstId !== null) store.stage(firstId);
  }, [firstId, store]);
  const isActive = known !== null && isRunActive(known);
  const run = useMemo(() => {
    if (known === null || known.id !== stagedRunId) return null;
    // While it runs the testbed's own state is newer than what the run holds: the object's sum, the links.
    return isActive && testbed !== null && known.device === null ? { ...known, testbed } : known;
  }, [known, stagedRunId, isActive, testbed]);
  const devices = useDemoDevices(mayRun && run === null);
  // Without a testbed the first device is what there is.
  const deviceId = chosen.device ?? (testbed === null ? (devices[0]?.id ?? null) : null);
  const device = devices.find(({ id }) => id === deviceId) ?? null;
  const settings = useMemo(() => fitTo(device, { ...chosen, device: deviceId }), [chosen, device, deviceId]);

  const renewList = () => queries.invalidateQueries({ queryKey: queryKeys.allDemoRuns });
  const starting = useMutation({
    mutationFn: () => fetchJson(demoRunShape, "/api/demo/runs", { method: "POST", body: settings }),
    onSuccess: (made) => {
      if (store.getState().run?.id !== made.id) store.apply({ type: "run", run: made }, Date.now());
      void renewList();
    },
    onError: (error) => notify({ tone: "bad", title: t("demo.theRunWasNotStarted"), detail: errorText(t, error) }),
  });
  const cancelling = useMutation({
    mutationFn: (id: string) => fetchJson(demoRunShape, `/api/demo/runs/${id}/cancel`, { method: "POST" }),
    onSuccess: () => void renewList(),
    onError: (error) => notify({ tone: "bad", title: t("demo.theRunWasNotCancelled"), detail: errorText(t, error) }),
  });

  const isBusy = starting.isPending || cancelling.isPending;
  const blockedBecause = useMemo(() => {
    if (!mayRun) return t("demo.yourRoleMayWatchRunsBut");
    if (settings.device === null) {
      if (testbed === null) return t("demo.noTestbedIsConnected");
      if (testbed.state === "starting") return t("demo.theTestbedIsStarting");
      if (testbed.state === "stopping") return t("demo.theTestbedIsStopping");
    } else if (device === null) return t("demo.theDeviceHasGone");
    return settings.lanes.length === 0 ? t("demo.chooseAtLeastOneLane") : null;
  }, [mayRun, testbed, settings, device, t]);

  const { mutate: startRun } = starting;
  const { mutate: cancelRun } = cancelling;
  const startNext = useCallback((onFailed: () => void) => startRun(undefined, { onError: onFailed }), [startRun]);
  const repeats = useRepeats(run, startNext);
  const { begin: beginRepeats, stop: stopRepeats } = repeats;
  const start = useCallback(() => {
    if (isBusy || isActive) return;
    if (run !== null) notify({ title: t("demo.theLastRunIsStillOn"), detail: t("demo.pressRForANewOne") });
    else if (blockedBecause === null) {
      beginRepeats();
      startRun(undefined, { onError: stopRepeats });
    } else notify({ tone: "bad", title: t("demo.theRunWasNotStarted"), detail: blockedBecause });
  }, [isBusy, isActive, run, blockedBecause, beginRepeats, stopRepeats, startRun, notify, t]);
  const cancel = useCallback(() => {
    stopRepeats();
    if (known !== null && isActive && !isBusy) cancelRun(known.id);
  }, [known, isActive, isBusy, stopRepeats, cancelRun]);
  const reset = useCallback(() => {
    stopRepeats();
    if (isActive) notify({ title: t("demo.aRunIsGoingOn"), detail: t("demo.cancelItFirstThenSetUp") });
    else store.clearStage();
  }, [isActive, stopRepeats, store, notify, t]);
  const change = useCallback((next: Partial<DemoRequest>) => setSettings((before) => ({ ...before, ...next })), []);

  return {
    settings,
    devices,
    device,
    change,
    testbed,
    run,
    isActive,
    isBusy,
    blockedBecause,
    repeats,
    start,
    cancel,
    reset,
  };
}
