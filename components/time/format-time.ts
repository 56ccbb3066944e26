import type { Translate } from "@/lib/words/translate";

export type Zone = "utc" | "local";

type Style = "clock" | "minute" | "day" | "date" | "year" | "date-time" | "full";

const day = { day: "numeric", month: "short" } as const;
const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  clock,
  minute: { hour: "2-digit", minute: "2-digit" },
  day,
  date: { ...day, year: "numeric" },
  year: { year: "numeric" },
  "date-time": { ...day, ...clock },
  full: { ...day, year: "numeric", ...clock },
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

/**
 * A moment in the chosen zone: `14:03:22` (clock), `14:03` (minute), `22 Nov` (day), `22 Nov 2026` (date),
 * `22 Nov, 14:03:22` (date-time), `22 Nov 2026, 14:03:22` (full).
 */
export function formatTime(t: Translate, at: string | number | Date, style: Style, zone: Zone): string {
  return format(t, style, zone).format(new Date(at));
}

/** Day and clock, with the year where it is another than now: `22 Nov, 14:03:22`, `22 Nov 2027, 14:03:22`. */
export function formatDateTime(t: Translate, at: string, zone: Zone, nowMs: number): string {
  const isThisYear = formatTime(t, at, "year", zone) === formatTime(t, nowMs, "year", zone);
  return formatTime(t, at, isThisYear ? "date-time" : "full", zone);
}

/** The clock for a moment of today, else day and minute: `14:03:22`, `21 Nov, 14:03`, `21 Nov 2027, 14:03`. */
export function formatShortTime(t: Translate, at: string, zone: Zone, nowMs: number): string {
  const isAsNow = (style: Style) => formatTime(t, at, style, zone) === formatTime(t, nowMs, style, zone);
  if (isAsNow("date")) return formatTime(t, at, "clock", zone);
  const date = formatTime(t, at, isAsNow("year") ? "day" : "date", zone);
  return t("common.dayAndMinute", { day: date, minute: formatTime(t, at, "minute", zone) });
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
