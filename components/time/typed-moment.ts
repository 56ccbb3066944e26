import type { Zone } from "./format-time";

/** A moment as it was typed: in a zone, by the wall clock; or as a link has it. */
export type TypedMoment = { text: string; zone: Zone | "rfc3339" };

const two = (value: number): string => String(value).padStart(2, "0");

/** The moment as RFC 3339 in UTC; null where it is none. */
export function typedMoment({ text, zone }: TypedMoment): string | null {
  if (text === "") return null;
  const date = new Date(zone === "utc" ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The wall clock's text for a date-time input: `2026-11-22T14:03:22`. */
export function wallClock(at: string, zone: Zone): string {
  if (zone === "utc") return new Date(at).toISOString().slice(0, 19);
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What was typed, as the input shows it in a zone that may have been switched since. */
export function typedIn(typed: TypedMoment, zone: Zone): string {
  if (typed.zone === zone) return typed.text;
  const at = typedMoment(typed);
  return at === null ? "" : wallClock(at, zone);
}

const minuteMs = 60_000;

export function shiftMoment(at: string, minutes: number): string {
  return new Date(Date.parse(at) + minutes * minuteMs).toISOString();
}
