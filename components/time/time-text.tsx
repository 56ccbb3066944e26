"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { usePreferences } from "@/components/shell/preferences";
import type { Translate } from "@/lib/words/translate";
import { formatDateTime, formatShortTime, formatTime, type Zone, zoneName } from "./format-time";

type TimeStyle = "clock" | "short" | "date-time";
type TimeTextProps = { at: string; style?: TimeStyle; hasZone?: boolean };

/** A moment as the tag of a message: `t.rich("…", { time: timeTag(at) })`. */
export function timeTag(at: string, style: TimeStyle = "date-time"): () => ReactNode {
  return () => <TimeText at={at} style={style} />;
}

/** An end that somebody is told of or waits for, as the tag of a message: with the zone that its clock is of. */
export function untilTag(at: string, style: TimeStyle = "date-time"): () => ReactNode {
  return () => <TimeText at={at} style={style} hasZone />;
}

function textOf(t: Translate, at: string, style: TimeStyle, zone: Zone): string {
  if (style === "clock") return formatTime(t, at, style, zone);
  return style === "short" ? formatShortTime(t, at, zone, Date.now()) : formatDateTime(t, at, zone, Date.now());
}

/** A moment in the zone the user chose; the full RFC 3339 text on hover. */
export function TimeText({ at, style = "date-time", hasZone = false }: TimeTextProps) {
  const t = useTranslations();
  const { zone } = usePreferences();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tnum" suppressHydrationWarning>
      {textOf(t, at, style, zone)}
      {hasZone ? ` ${zoneName(t, zone)}` : ""}
    </time>
  );
}
