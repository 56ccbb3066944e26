import type { Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { classInForce, monthOf } from "@/lib/policy";
import { findPolicyState, snapshotForSubscriber } from "./policy-state";
import type { SessionGrowth } from "./session-growth";

type Counted = { subscriberId: string; lteBytes: bigint; growth: bigint };

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** LTE bytes by subscriber, in the order in which rows are locked: two nodes at once never wait for each other. */
function lteGrowth(growth: readonly SessionGrowth[]): { subscriberId: string; bytes: number }[] {
  const sums = new Map<string, number>();
  for (const { subscriberId, access, uploadBytes, downloadBytes } of growth)
    if (access === "lte" && uuidPattern.test(subscriberId))
      sums.set(subscriberId, (sums.get(subscriberId) ?? 0) + uploadBytes + downloadBytes);
  return [...sums]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([subscriberId, bytes]) => ({ subscriberId, bytes }));
}

async function addToMonth(transaction: Transaction, month: Date, growth: readonly SessionGrowth[]): Promise<Counted[]> {
  const sums = lteGrowth(growth);
  if (sums.length === 0) return [];
  return transaction.$queryRaw<Counted[]>`
    WITH grown AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(sums)}::jsonb) AS row("subscriberId" uuid, "bytes" bigint)
    ), counted AS (
      INSERT INTO subscriber_months (subscriber_id, month, lte_bytes)
      SELECT "subscriberId", ${month}::date, "bytes" FROM grown ORDER BY "subscriberId"
      ON CONFLICT (subscriber_id, month) DO UPDATE SET lte_bytes = subscriber_months.lte_bytes + excluded.lte_bytes
      RETURNING subscriber_id, lte_bytes
    )
    SELECT subscriber_id AS "subscriberId", lte_bytes AS "lteBytes", grown."bytes" AS growth
    FROM counted JOIN grown ON grown."subscriberId" = counted.subscriber_id`;
}

/** Those of the subscribers whose class changed by what was counted. */
async function findChanged(transaction: Transaction, nodeId: string, counted: readonly Counted[]): Promise<string[]> {
  const state = await findPolicyState(transaction);
  const policies = state === null ? [] : [state.inForce, ...(state.trial === null ? [] : [state.trial.snapshot])];
  const hasQuota = policies.some(({ serviceClasses }) =>
    serviceClasses.some(({ lteQuotaBytes }) => lteQuotaBytes !== null),
  );
  if (state === null || !hasQuota) return [];
  const rows = await transaction.subscriber.findMany({
    where: { id: { in: counted.map(({ subscriberId }) => subscriberId) } },
    select: { id: true, serviceClassId: true },
  });
  const classes = new Map(rows.map(({ id, serviceClassId }) => [id, serviceClassId]));
  return counted.flatMap(({ subscriberId, lteBytes, growth }) => {
    const subscribedClassId = classes.get(subscriberId);
    if (subscribedClassId === undefined) return [];
    const { serviceClasses } = snapshotForSubscriber(state, subscriberId, nodeId);
    const classAt = (bytes: bigint): string =>
      classInForce({ serviceClasses, subscribedClassId, lteBytesThisMonth: Number(bytes) }).classId;
    return classAt(lteBytes) === classAt(lteBytes - growth) ? [] : [subscriberId];
  });
}

/** Add LTE bytes to their subscribers' month. Where that brings another class into force, nodes ask anew. */
export async function countQuota(
  transaction: Transaction,
  source: { nodeId: string; at: Date },
  growth: readonly SessionGrowth[],
): Promise<void> {
  const month = monthOf(source.at);
  const counted = await addToMonth(transaction, month, growth);
  if (counted.length === 0) return;
  const changed = await findChanged(transaction, source.nodeId, counted);
  if (changed.length === 0) return;
  await transaction.subscriberMonth.updateMany({
    where: { subscriberId: { in: changed }, month, quotaReachedAt: null },
    data: { quotaReachedAt: source.at },
  });
  const devices = await transaction.device.findMany({
    where: { subscriberId: { in: changed }, revokedAt: null },
    select: { id: true },
  });
  if (devices.length > 0) await notifyDatabase(transaction, { type: "revoke", deviceIds: devices.map(({ id }) => id) });
}
