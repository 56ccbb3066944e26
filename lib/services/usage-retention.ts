import { readDaysEnv } from "@/lib/shared/env";

const dayMs = 24 * 3_600_000;

export const dayOf = (at: Date): Date => new Date(Math.floor(at.getTime() / dayMs) * dayMs);
export const daysAfter = (day: Date, days: number): Date => new Date(day.getTime() + days * dayMs);

/**
 * How many days the ledger keeps its minutes, its hours and its days: each at least as long as what it is made of, so that
 * a late report finds all of its day. Errors: AppError ENV_BAD_VALUE.
 */
export function usageRetention(): { minuteDays: number; hourDays: number; dayDays: number } {
  const minuteDays = readDaysEnv("TWINPATH_USAGE_MINUTE_DAYS", 14);
  const hourDays = Math.max(minuteDays, readDaysEnv("TWINPATH_USAGE_HOUR_DAYS", 100));
  return { minuteDays, hourDays, dayDays: Math.max(hourDays, readDaysEnv("TWINPATH_USAGE_DAY_DAYS", 800)) };
}

/** The first day (UTC) of which all sessions that ended on it or later are kept. Errors: AppError ENV_BAD_VALUE. */
export function firstSessionDay(now: Date): Date {
  return daysAfter(dayOf(now), 1 - readDaysEnv("TWINPATH_SESSION_DAYS", 35));
}

/** The first day (UTC) of which the ledger has minutes. */
export function firstKeptDay(now: Date): Date {
  return daysAfter(dayOf(now), 1 - usageRetention().minuteDays);
}
