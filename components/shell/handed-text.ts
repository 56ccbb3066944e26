"use client";

import { useEffect, useSyncExternalStore } from "react";

type Handed = { href: string; text: string };

let handed: Handed | null = null;
const listeners = new Set<() => void>();

function hold(next: Handed | null): void {
  handed = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Give a text along to a page that is gone to. It stays in memory: what is typed to find somebody is in no address, for
 * addresses end up in logs.
 */
export function handText(href: string, text: string): void {
  hold({ href, text });
}

/** Take what was given along to this page, once it is on the screen. Pass a memoised function. */
export function useHandedText(href: string, onText: (text: string) => void): void {
  const given = useSyncExternalStore(
    subscribe,
    () => handed,
    () => null,
  );
  useEffect(() => {
    if (given?.href !== href) return;
    hold(null);
    onText(given.text);
  }, [given, href, onText]);
}
