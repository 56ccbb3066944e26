"use client";

import { usePreferences } from "@/components/shell/preferences";
import { formatShortTime, formatTime } from "./format-time";

/** A moment in the zone the user chose; the full RFC 3339 text on hover. */
export function TimeText({ at, style = "date-time" }: { at: string; style?: "clock" | "short" | "date-time" }) {
  const { zone } = usePreferences();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap tnum" suppressHydrationWarning>
      {style === "short" ? formatShortTime(at, zone) : formatTime(at, style, zone)}
    </time>
  );
}
