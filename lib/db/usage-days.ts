const dayMs = 86_400_000;

/** The table that holds the usage ledger's minutes of one day (UTC). */
export function usageDayTable(day: Date): string {
  return `usage_ledger_minutes_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
}

/** From which moment, and before which, it holds them. `day` is its midnight. */
export function usageDayBounds(day: Date): readonly [from: string, to: string] {
  return [day.toISOString(), new Date(day.getTime() + dayMs).toISOString()];
}
