import type { Transaction } from "@/lib/db/client";
import type { SessionGrowth } from "./session-growth";

const minuteMs = 60_000;

/** Add what sessions carried to the minute of their classes, from which the achieved LTE share is read. */
export async function addClassMinutes(
  transaction: Transaction,
  at: Date,
  growth: readonly SessionGrowth[],
): Promise<void> {
  if (growth.length === 0) return;
  const minute = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
  await transaction.$executeRaw`
    INSERT INTO class_minutes (minute, service_class_id, lte_bytes, total_bytes)
    SELECT ${minute}, "serviceClassId",
      coalesce(sum("uploadBytes" + "downloadBytes") FILTER (WHERE "access" = 'lte'), 0),
      sum("uploadBytes" + "downloadBytes")
    FROM jsonb_to_recordset(${JSON.stringify(growth)}::jsonb) AS row("serviceClassId" text, "access" text,
      "uploadBytes" bigint, "downloadBytes" bigint)
    GROUP BY "serviceClassId" ORDER BY "serviceClassId"
    ON CONFLICT (minute, service_class_id) DO UPDATE SET
      lte_bytes = class_minutes.lte_bytes + excluded.lte_bytes,
      total_bytes = class_minutes.total_bytes + excluded.total_bytes`;
}
