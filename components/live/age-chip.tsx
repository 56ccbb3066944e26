"use client";

import clsx from "clsx";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { Translate } from "@/lib/words/translate";

function ageText(t: Translate, ageMs: number): string {
  if (ageMs < 10_000) return `${(Math.max(0, ageMs) / 1000).toFixed(1)} s`;
  return ageMs < 120_000
    ? `${Math.round(ageMs / 1000)} s`
    : t("common.min", { ageMs: String(Math.round(ageMs / 60_000)) });
}

type AgeChipProps = {
  /** The browser's clock when the figures came. */
  atMs: number;
  staleAfterMs: number;
  isStale?: boolean;
};

/** "live · 0.4 s" or "stale · 14 s": how old the figures are. */
export function AgeChip({ atMs, staleAfterMs, isStale = false }: AgeChipProps) {
  const t = useTranslations();
  const [nowMs, setNowMs] = useState<number | null>(null);

  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);

  const ageMs = Math.max(0, (nowMs ?? atMs) - atMs);
  const isOld = isStale || ageMs > staleAfterMs;
  return (
    <StateChip
      dot={isOld ? "bg-warn" : "bg-good"}
      text={`${isOld ? t("common.stale") : t("common.live")} · ${ageText(t, ageMs)}`}
    />
  );
}

/** A dot and a few words. */
export function StateChip({ dot, text }: { dot: string; text: string }) {
  return (
    <span className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-2 text-ink-2 text-xs tnum">
      <span aria-hidden className={clsx("size-1.5 rounded-full", dot)} />
      {text}
    </span>
  );
}
