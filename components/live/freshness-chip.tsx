"use client";

import clsx from "clsx";
import { useEffect, useState } from "react";
import { staleAfterMs } from "./live-connection";
import { useLive } from "./live-provider";

function ageText(ageMs: number): string {
  if (ageMs < 10_000) return `${(Math.max(0, ageMs) / 1000).toFixed(1)} s`;
  return ageMs < 120_000 ? `${Math.round(ageMs / 1000)} s` : `${Math.round(ageMs / 60_000)} min`;
}

/** "live · 0.4 s" or "stale · 14 s": the age of what the portal last said. */
export function FreshnessChip() {
  const phase = useLive((state) => state.phase);
  const lastEventAtMs = useLive((state) => state.lastEventAtMs);
  const [nowMs, setNowMs] = useState<number | null>(null);

  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);

  if (phase === "mismatch") return <Chip dot="bg-bad" text="portal was updated: reload the page" />;
  if (lastEventAtMs === null) {
    return <Chip dot="bg-other" text={phase === "stale" ? "no connection" : "connecting …"} />;
  }
  const ageMs = Math.max(0, (nowMs ?? lastEventAtMs) - lastEventAtMs);
  const isStale = phase === "stale" || ageMs > staleAfterMs;
  return <Chip dot={isStale ? "bg-warn" : "bg-good"} text={`${isStale ? "stale" : "live"} · ${ageText(ageMs)}`} />;
}

function Chip({ dot, text }: { dot: string; text: string }) {
  return (
    <span className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-2 text-ink-2 text-xs tnum">
      <span aria-hidden className={clsx("size-1.5 rounded-full", dot)} />
      {text}
    </span>
  );
}
