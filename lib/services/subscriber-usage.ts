import type { Access } from "@/lib/contracts/access";
import type { Database } from "@/lib/db/client";
import { monthOf } from "@/lib/policy";
import { dayOf, daysAfter } from "./usage-retention";

export type SubscriberUse = { access: Access; todayUp: number; todayDown: number; monthUp: number; monthDown: number };

const hourMs = 3_600_000;

/**
 * What the ledger has of a subscriber for the day and the month (UTC) in which a moment lies, by access; exact.
 *
 * It adds up as the view `usage_by_day` does, with stale hours that are known beforehand, so that only their days' minutes
 * are looked into. An hour that is rolled up in between counts the same: its minutes are its hour.
 */
export async function readSubscriberUsage(
  database: Database,
  subscriberId: string,
  now: Date,
): Promise<SubscriberUse[]> {
  const [month, today] = [monthOf(now), dayOf(now)];
  const stale = await database.usageLedgerStaleHour.findMany({
    where: { hour: { gte: month, lt: daysAfter(today, 1) } },
    orderBy: { hour: "asc" },
  });
  const hours = stale.map(({ hour }) => hour);
  const from = hours[0] ?? today;
  const until = new Date((hours.at(-1) ?? today).getTime() + hourMs);
  return database.$queryRaw<SubscriberUse[]>`
    SELECT access::text, coalesce(sum(upload_bytes) FILTER (WHERE day = ${today}::date), 0)::float8 AS "todayUp",
      coalesce(sum(download_bytes) FILTER (WHERE day = ${today}::date), 0)::float8 AS "todayDown",
      sum(upload_bytes)::float8 AS "monthUp", sum(download_bytes)::float8 AS "monthDown"
    FROM (
      SELECT day, access, upload_bytes, download_bytes FROM usage_ledger_days
      WHERE subscriber_id = ${subscriberId} AND day >= ${month}::date AND day <= ${today}::date
      UNION ALL
      SELECT (minute AT TIME ZONE 'UTC')::date, access, upload_bytes, download_bytes FROM usage_ledger_minutes
      WHERE subscriber_id = ${subscriberId} AND minute >= ${from} AND minute < ${until}
        AND date_trunc('hour', minute, 'UTC') = ANY(${hours}::timestamptz[])
      UNION ALL
      SELECT (hour AT TIME ZONE 'UTC')::date, access, -upload_bytes, -download_bytes FROM usage_ledger_hours
      WHERE subscriber_id = ${subscriberId} AND hour = ANY(${hours}::timestamptz[])
    ) parts GROUP BY 1`;
}
