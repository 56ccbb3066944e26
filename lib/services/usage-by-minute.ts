import type { Usage } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { zeroTotals } from "./usage-delta";

const minuteMs = 60_000;

/** Bytes of all nodes by access for the last `minutes` minutes, this one included; null for a minute nobody reported. */
export async function usageByMinute({ minutes }: { minutes: number }, now = new Date()): Promise<Usage> {
  const lastMs = Math.floor(now.getTime() / minuteMs) * minuteMs;
  const firstMs = lastMs - (minutes - 1) * minuteMs;
  const rows = await getDatabase().usageMinute.groupBy({
    by: ["minute", "access"],
    where: { minute: { gte: new Date(firstMs), lte: new Date(lastMs) } },
    _sum: { uploadBytes: true, downloadBytes: true },
  });
  const found = new Map<number, typeof zeroTotals>();
  for (const { minute, access, _sum } of rows) {
    const totals = found.get(minute.getTime()) ?? zeroTotals;
    const bytes = { uploadBytes: Number(_sum.uploadBytes ?? 0), downloadBytes: Number(_sum.downloadBytes ?? 0) };
    found.set(minute.getTime(), { ...totals, [access]: bytes });
  }
  return {
    minutes: Array.from({ length: minutes }, (_, index) => {
      const atMs = firstMs + index * minuteMs;
      return { at: new Date(atMs).toISOString(), access: found.get(atMs) ?? null };
    }),
  };
}
