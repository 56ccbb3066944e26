"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { formatShortTime, formatTime } from "./format-time";

type TimeStyle = "clock" | "short" | "date-time";

/** A moment as the tag of a message: `t.rich("…", { time: timeTag(at) })`. */
export function timeTag(at: string, style?: TimeStyle): () => ReactNode {
  return () => <TimeText at={at} {...(style === undefined ? {} : { style })} />;
}

/** A moment in the zone the user chose; the full RFC 3339 text on hover. */
export function TimeText({ at, style = "date-time" }: { at: string; style?: TimeStyle }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tnum" suppressHydrationWarning>
      {style === "short" ? formatShortTime(t, at, zone) : formatTime(t, at, style, zone)}
    </time>
  );
}
