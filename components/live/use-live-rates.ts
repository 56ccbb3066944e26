"use client";

import { useEffect, useRef, useState } from "react";
import type { LiveRate } from "@/lib/contracts/live";
import { useLiveStore } from "./live-provider";

/**
 * The rates of the last two minutes, renewed at most every `everyMs` (eyes cannot read digits that change faster);
 * once a second where the user asks for reduced motion.
 */
export function useLiveRates(everyMs: number): readonly LiveRate[] {
  const store = useLiveStore();
  const [rates, setRates] = useState<readonly LiveRate[]>(() => store.rates.toArray());
  const shownAtMs = useRef(0);

  useEffect(() => {
    const isReduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const spacingMs = isReduced ? Math.max(1000, everyMs) : everyMs;
    let version = -1;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = () => {
      timer = null;
      version = store.rates.version;
      shownAtMs.current = performance.now();
      setRates(store.rates.toArray());
    };
    const onChange = () => {
      if (version === store.rates.version || timer !== null) return;
      const waitMs = shownAtMs.current + spacingMs - performance.now();
      if (waitMs <= 0) show();
      else timer = setTimeout(show, waitMs);
    };
    onChange();
    const unsubscribe = store.subscribe(onChange);
    return () => {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store, everyMs]);

  return rates;
}
