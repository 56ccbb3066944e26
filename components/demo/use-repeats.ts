"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { DemoRun } from "@/lib/contracts/live";

/** So long the result stands before the next repeat starts. */
const pauseMs = 3000;

export const repeatChoices = [1, 3, 5] as const;
export type RepeatCount = (typeof repeatChoices)[number];

type Repeats = {
  count: RepeatCount;
  choose: (count: RepeatCount) => void;
  /** Runs still to come after the one on the stage. */
  left: number;
  /** A first run starts: the others follow it. */
  begin: () => void;
  stop: () => void;
};

/**
 * The same run again while this page is open, each after the one before has finished; a run that fails or is cancelled
 * ends the row. `startNext` starts a run with the settings of the stage, and calls back where it could not.
 */
export function useRepeats(run: DemoRun | null, startNext: (onFailed: () => void) => void): Repeats {
  const [count, choose] = useState<RepeatCount>(1);
  const [left, setLeft] = useState(0);
  /** The run that the newest start came after: it is followed once. */
  const followed = useRef<string | null>(null);
  const stop = useCallback(() => setLeft(0), []);
  const id = run?.id ?? null;
  const state = run?.state ?? null;

  useEffect(() => {
    if (left === 0 || id === null) return;
    if (state === "failed" || state === "cancelled") setLeft(0);
    if (state !== "finished" || followed.current === id) return;
    const timer = setTimeout(() => {
      followed.current = id;
      setLeft((before) => Math.max(0, before - 1));
      startNext(stop);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [left, id, state, startNext, stop]);

  const begin = useCallback(() => setLeft(count - 1), [count]);
  return { count, choose, left, begin, stop };
}
