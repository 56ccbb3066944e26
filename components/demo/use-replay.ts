"use client";

import { useCallback, useEffect, useState } from "react";
import type { DemoRun } from "@/lib/contracts/live";
import { prepareReplay, replayLengthMs } from "./prepare-replay";

/** The replay is drawn this often, as often as samples come in a live run. */
const everyMs = 200;

export type Replay = {
  /** The run as it stood at this moment of it. */
  shown: DemoRun;
  isPlaying: boolean;
  atMs: number;
  lengthMs: number;
  /** Go on from where it stands; from the start where it is at its end. */
  play: () => void;
  pause: () => void;
  seek: (atMs: number) => void;
  /** Show the whole of it. */
  end: () => void;
};

/** Play a recording in real time, hold it, and go to any moment of it; at first it stands at its end. */
export function useReplay(run: DemoRun): Replay {
  const lengthMs = replayLengthMs(run);
  const [atMs, setAtMs] = useState(lengthMs);
  const [isPlaying, setPlaying] = useState(false);

  useEffect(() => {
    if (!isPlaying) return;
    let beforeMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const passedMs = nowMs - beforeMs;
      beforeMs = nowMs;
      setAtMs((at) => Math.min(lengthMs, at + passedMs));
    }, everyMs);
    return () => clearInterval(timer);
  }, [isPlaying, lengthMs]);

  useEffect(() => {
    if (isPlaying && atMs >= lengthMs) setPlaying(false);
  }, [isPlaying, atMs, lengthMs]);

  const play = useCallback(() => {
    setAtMs((at) => (at >= lengthMs ? 0 : at));
    setPlaying(true);
  }, [lengthMs]);
  const pause = useCallback(() => setPlaying(false), []);
  const seek = useCallback((at: number) => setAtMs(Math.min(lengthMs, Math.max(0, at))), [lengthMs]);
  const end = useCallback(() => {
    setPlaying(false);
    setAtMs(lengthMs);
  }, [lengthMs]);
  const shown = atMs >= lengthMs ? run : prepareReplay(run, atMs);
  return { shown, isPlaying, atMs, lengthMs, play, pause, seek, end };
}
