"use client";

import { useEffect, useState } from "react";
import type { SeriesTone } from "@/components/ui/access-mark";

export type ChartColors = Record<SeriesTone, string> & { ink: string; muted: string; grid: string; surface: string };

const tokens: Record<keyof ChartColors, string> = {
  lte: "--lte",
  wifi: "--wifi",
  other: "--other",
  total: "--ink",
  reference: "--ink-3",
  ink: "--ink",
  muted: "--ink-3",
  grid: "--line",
  surface: "--surface",
};

/** Canvas needs plain colours: ask the browser what each token is now. */
function readColors(): ChartColors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colors: ChartColors = {
    lte: read(tokens.lte),
    wifi: read(tokens.wifi),
    other: read(tokens.other),
    total: read(tokens.total),
    reference: read(tokens.reference),
    ink: read(tokens.ink),
    muted: read(tokens.muted),
    grid: read(tokens.grid),
    surface: read(tokens.surface),
  };
  probe.remove();
  return colors;
}

/** The theme's colours for a canvas; new when the switch or the system changes. Null before the first paint. */
export function useChartColors(): ChartColors | null {
  const [colors, setColors] = useState<ChartColors | null>(null);
  useEffect(() => {
    const update = () => setColors(readColors());
    update();
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const media = window.matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", update);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", update);
    };
  }, []);
  return colors;
}
