import { getDatabase } from "@/lib/db/client";
import { processSingleton } from "./process-singleton";

export type ClassUsage = {
  subscribers: ReadonlyMap<string, number>;
  /** Of the last hour's bytes, by class; absent without traffic. */
  lteSharePercent: ReadonlyMap<string, number>;
};

/** A count is kept for so many times as long as it took, and never longer than `maxKeepMs`. */
const keepFactor = 20;
const maxKeepMs = 5000;
const hourMs = 3_600_000;

async function countUsage(): Promise<ClassUsage> {
  const database = getDatabase();
  const since = new Date(Date.now() - hourMs);
  const [counts, minutes] = await Promise.all([
    database.$queryRaw<{ id: string; count: bigint }[]>`
      SELECT service_class_id AS id, count(*) AS count FROM subscribers GROUP BY service_class_id`,
    database.classMinute.groupBy({
      by: ["serviceClassId"],
      where: { minute: { gte: since } },
      _sum: { lteBytes: true, totalBytes: true },
    }),
  ]);
  const shares = minutes.flatMap(({ serviceClassId, _sum }) => {
    const total = Number(_sum.totalBytes ?? 0n);
    return total === 0 ? [] : [[serviceClassId, (100 * Number(_sum.lteBytes ?? 0n)) / total] as const];
  });
  return {
    subscribers: new Map(counts.map(({ id, count }) => [id, Number(count)])),
    lteSharePercent: new Map(shares),
  };
}

type Holder = { untilMs: number; usage: Promise<ClassUsage> | null };

/** Who has which class, and what share LTE had of its bytes. All subscribers are counted: not for every caller anew. */
export function classUsage(): Promise<ClassUsage> {
  const holder = processSingleton<Holder>("class-usage", () => ({ untilMs: 0, usage: null }));
  if (holder.usage !== null && performance.now() < holder.untilMs) return holder.usage;
  const beganMs = performance.now();
  const usage = countUsage();
  holder.usage = usage;
  holder.untilMs = Number.POSITIVE_INFINITY;
  const keepFor = (tookMs: number): void => {
    holder.untilMs = performance.now() + Math.min(maxKeepMs, keepFactor * tookMs);
  };
  usage.then(
    () => keepFor(performance.now() - beganMs),
    () => keepFor(0),
  );
  return usage;
}
