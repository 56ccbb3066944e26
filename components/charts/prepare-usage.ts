import type { Usage } from "@/lib/contracts/portal";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { accessSeries } from "./access-series";
import type { ChartData } from "./chart-data";

export type UsageDirection = "downloadBytes" | "uploadBytes";

const minuteMs = 60_000;
/** The mean of a minute that has only begun says little. */
const leastSeconds = 5;

/**
 * The mean rate of every minute, oldest first, in bit/s by access; `x` is the minute since 1970. A minute without a report
 * stays a gap instead of a zero; of the one that goes on, what has passed of it counts.
 *
 * @param nowMs when the usage was read
 */
export function prepareUsage(t: Translate, usage: Usage, direction: UsageDirection, nowMs: number): ChartData {
  const rows = usage.minutes.map(({ at, access }) => {
    const seconds = Math.min(60, Math.max(leastSeconds, (nowMs - Date.parse(at)) / 1000));
    const rate = (bytes: number | undefined): number | null => (bytes === undefined ? null : (8 * bytes) / seconds);
    return {
      lte: rate(access?.lte[direction]),
      wifi: rate(access?.wifi[direction]),
      other: rate(access?.other[direction]),
    };
  });
  const series = accessSeries(t, rows).map((one) => ({ ...one, isHeld: true, isLabelled: false }));
  return { xs: usage.minutes.map(({ at }) => Date.parse(at) / minuteMs), series };
}

/** The bytes of all minutes by access. */
export function sumUsage(
  { minutes }: Usage,
  direction: UsageDirection,
): { lte: number; wifi: number; other: number; total: number } {
  const sum = (access: "lte" | "wifi" | "other") =>
    minutes.reduce((total, minute) => total + (minute.access?.[access][direction] ?? 0), 0);
  const [lte, wifi, other] = [sum("lte"), sum("wifi"), sum("other")];
  return { lte, wifi, other, total: lte + wifi + other };
}

/** The history in a sentence. */
export function summariseUsage(t: Translate, usage: Usage, direction: UsageDirection, name: string): string {
  const { lte, wifi, total } = sumUsage(usage, direction);
  const count = usage.minutes.length;
  if (total === 0) return t("charts.noBytesInTheLastMinutes", { name, count });
  return t("charts.inTheLastMinutesLteWifi", {
    name,
    count,
    bytes: formatBytes(total),
    bytes2: formatBytes(lte),
    bytes3: formatBytes(wifi),
  });
}
