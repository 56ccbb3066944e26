"use client";

import { useMemo, useSyncExternalStore } from "react";
import type { LiveRate } from "@/lib/contracts/live";
import { useLiveStore } from "./live-provider";
import type { LiveStore } from "./live-store";

const none: readonly LiveRate[] = [];

/** The store's rates as somebody sees them: renewed at most every so often. */
class ShownRates {
  readonly #store: LiveStore;
  readonly #everyMs: number;
  #rates: readonly LiveRate[];
  #version: number;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: LiveStore, everyMs: number) {
    this.#store = store;
    this.#everyMs = everyMs;
    this.#rates = store.rates.toArray();
    this.#version = store.rates.version;
  }

  readonly get = (): readonly LiveRate[] => this.#rates;

  readonly subscribe = (listener: () => void): (() => void) => {
    const isReduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const spacingMs = isReduced ? Math.max(1000, this.#everyMs) : this.#everyMs;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = () => {
      timer = null;
      this.#version = this.#store.rates.version;
      this.#shownAtMs = performance.now();
      this.#rates = this.#store.rates.toArray();
      listener();
    };
    const onChange = () => {
      if (this.#version === this.#store.rates.version || timer !== null) return;
      const waitMs = this.#shownAtMs + spacingMs - performance.now();
      if (waitMs <= 0) show();
      else timer = setTimeout(show, waitMs);
    };
    onChange();
    const unsubscribe = this.#store.subscribe(onChange);
    return () => {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  };
}

/**
 * The rates of the last two minutes, renewed at most every `everyMs` (eyes cannot read digits that change faster);
 * once a second where the user asks for reduced motion.
 */
export function useLiveRates(everyMs: number): readonly LiveRate[] {
  const store = useLiveStore();
  const shown = useMemo(() => new ShownRates(store, everyMs), [store, everyMs]);
  return useSyncExternalStore(shown.subscribe, shown.get, () => none);
}
