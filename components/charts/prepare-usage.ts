import type { Usage } from "@/lib/contracts/portal";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";

export type UsageDirection = "downloadBytes" | "uploadBytes";

/** One minute's bytes by access; null where no node reported. */
export type UsageBar = { at: string; lte: number | null; wifi: number | null; other: number | null };

/** Bars of bytes per minute, oldest first. A minute without a report stays a gap instead of a zero. */
export function prepareUsage(usage: Usage, direction: UsageDirection): UsageBar[] {
  return usage.minutes.map(({ at, access }) => ({
    at,
    lte: access?.lte[direction] ?? null,
    wifi: access?.wifi[direction] ?? null,
    other: access?.other[direction] ?? null,
  }));
}

/** The bytes of all bars by access. */
export function sumUsage(bars: readonly UsageBar[]): { lte: number; wifi: number; other: number; total: number } {
  const sum = (access: "lte" | "wifi" | "other") => bars.reduce((total, bar) => total + (bar[access] ?? 0), 0);
  const [lte, wifi, other] = [sum("lte"), sum("wifi"), sum("other")];
  return { lte, wifi, other, total: lte + wifi + other };
}

/** The history in a sentence. */
export function summariseUsage(t: Translate, bars: readonly UsageBar[], name: string): string {
  const { lte, wifi, total } = sumUsage(bars);
  if (total === 0) return t("charts.noBytesInTheLastMinutes", { name, count: bars.length });
  return t("charts.inTheLastMinutesLteWifi", {
    name,
    count: bars.length,
    bytes: formatBytes(total),
    bytes2: formatBytes(lte),
    bytes3: formatBytes(wifi),
  });
}
