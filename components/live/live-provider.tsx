"use client";

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { createFrameScheduler } from "./frame-scheduler";
import { LiveConnection } from "./live-connection";
import { initialLiveState, type LiveState, LiveStore } from "./live-store";

const meShape = async () => (await import("@/lib/contracts/portal")).meSchema;

const LiveContext = createContext<LiveStore | null>(null);

/** Holds the tab's one live stream; everything below reads from its store. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new LiveStore());

  useEffect(() => {
    const scheduler = createFrameScheduler(store.notify);
    store.setSchedule(scheduler.request);
    const connection = new LiveConnection({
      url: "/api/live",
      onEvent: (event) => store.apply(event, Date.now()),
      onStale: () => store.setPhase("stale"),
      onMismatch: () => store.setPhase("mismatch"),
      onRefused: () => {
        store.setPhase("stale");
        // A session that ended answers 401 here, and fetchJson then leads to the sign-in page.
        fetchJson(meShape, "/api/me").catch(() => undefined);
      },
    });
    connection.start();
    return () => {
      connection.stop();
      scheduler.stop();
    };
  }, [store]);

  return <LiveContext.Provider value={store}>{children}</LiveContext.Provider>;
}

/** The tab's live store; only below LiveProvider. */
export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (store === null) throw new Error("useLiveStore is used outside LiveProvider");
  return store;
}

/** A part of the live state; `select` must return something that stays the same object while it did not change. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const store = useLiveStore();
  // A part of the page that takes over late finds what the portal drew, whatever the stream has brought meanwhile.
  return useSyncExternalStore(
    store.subscribe,
    () => select(store.getState()),
    () => select(initialLiveState),
  );
}
