import type { Translate } from "@/lib/words/translate";

export type Zone = "utc" | "local";

type Style = "clock" | "minute" | "day" | "date-time";

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  minute: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  "date-time": { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(t: Translate, style: Style, zone: Zone): Intl.DateTimeFormat {
  const locale = t("common.intlLocale");
  const key = `${locale} ${style} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const options: Intl.DateTimeFormatOptions = { ...styles[style], hourCycle: "h23" };
  if (zone === "utc") options.timeZone = "UTC";
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** A moment in the chosen zone: `14:03:22` (clock), `14:03` (minute), `22 Nov, 14:03:22` (date-time). */
export function formatTime(t: Translate, at: string | number | Date, style: Style, zone: Zone): string {
  return format(t, style, zone).format(new Date(at));
}

/** The clock for a moment of today, else day and minute: `14:03:22`, `21 Nov, 14:03`. */
export function formatShortTime(t: Translate, at: string, zone: Zone): string {
  const day = formatTime(t, at, "day", zone);
  const isToday = day === formatTime(t, Date.now(), "day", zone);
  return isToday
    ? formatTime(t, at, "clock", zone)
    : t("common.dayAndMinute", { day, minute: formatTime(t, at, "minute", zone) });
}

/** The chosen zone's short name: `UTC`, `CET`, `GMT+9`. */
export function zoneName(t: Translate, zone: Zone): string {
  if (zone === "utc") return "UTC";
  const parts = new Intl.DateTimeFormat(t("common.intlLocale"), { timeZoneName: "short" }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "local";
}

/** How long ago, roughly: `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAgo(t: Translate, at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  if (seconds < 60) return t("common.sAgo", { seconds: String(seconds) });
  if (seconds < 3600) return t("common.minAgo", { seconds: String(Math.floor(seconds / 60)) });
  return seconds < 86_400
    ? t("common.hAgo", { seconds: String(Math.floor(seconds / 3600)) })
    : t("common.dAgo", { seconds: String(Math.floor(seconds / 86_400)) });
}
