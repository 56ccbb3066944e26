import type { Access } from "@/lib/contracts/access";
import type { Database } from "@/lib/db/client";
import { monthOf } from "@/lib/policy";
import { dayOf } from "./usage-retention";

export type SubscriberUse = { access: Access; todayUp: number; todayDown: number; monthUp: number; monthDown: number };

/** What the ledger has of a subscriber for the day and the month (UTC) in which a moment lies, by access; exact. */
export function readSubscriberUsage(database: Database, subscriberId: string, now: Date): Promise<SubscriberUse[]> {
  const today = dayOf(now);
  return database.$queryRaw<SubscriberUse[]>`
    SELECT access::text, coalesce(sum(upload_bytes) FILTER (WHERE day = ${today}::date), 0)::float8 AS "todayUp",
      coalesce(sum(download_bytes) FILTER (WHERE day = ${today}::date), 0)::float8 AS "todayDown",
      sum(upload_bytes)::float8 AS "monthUp", sum(download_bytes)::float8 AS "monthDown"
    FROM usage_by_day
    WHERE subscriber_id = ${subscriberId} AND day >= ${monthOf(now)}::date AND day <= ${today}::date GROUP BY 1`;
}
