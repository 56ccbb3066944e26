"use client";

import { useCallback, useEffect, useState } from "react";
import type { DemoRun } from "@/lib/contracts/live";
import { prepareReplay, replayLengthMs } from "./prepare-replay";

/** The replay is drawn this often, as often as samples come in a live run. */
const everyMs = 200;

type Replay = { shown: DemoRun; isPlaying: boolean; play: () => void; stop: () => void };

/** Play a recording in real time; `shown` is the run as it stands, the whole of it while nothing plays. */
export function useReplay(run: DemoRun): Replay {
  const [startedAtMs, setStartedAtMs] = useState<number | null>(null);
  const [nowMs, setNowMs] = useState(0);
  const lengthMs = replayLengthMs(run);

  useEffect(() => {
    if (startedAtMs === null) return;
    const timer = setInterval(() => {
      const now = performance.now();
      setNowMs(now);
      if (now - startedAtMs >= lengthMs) setStartedAtMs(null);
    }, everyMs);
    return () => clearInterval(timer);
  }, [startedAtMs, lengthMs]);

  const play = useCallback(() => {
    setNowMs(performance.now());
    setStartedAtMs(performance.now());
  }, []);
  const stop = useCallback(() => setStartedAtMs(null), []);
  const shown = startedAtMs === null ? run : prepareReplay(run, Math.max(0, nowMs - startedAtMs));
  return { shown, isPlaying: startedAtMs !== null, play, stop };
}
