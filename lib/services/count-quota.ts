import { arrayText } from "@/lib/db/array-text";
import { Prisma, type Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { classInForce, monthOf } from "@/lib/policy";
import { findPolicyState, type PolicyState, snapshotForSubscriber } from "./policy-state";

type Counted = { subscriberId: string; lteBytes: bigint; growth: bigint };

/** LTE bytes of a batch by subscriber; a subscriber that is none of ours (its id is no UUID) has no quota. */
const lteGrowth = Prisma.sql`
  SELECT subscriber_id::uuid AS subscriber_id, bytes FROM (
    SELECT subscriber_id, sum(upload_bytes + download_bytes)::bigint AS bytes FROM batch_paths
    WHERE access = 'lte' AND subscriber_id LIKE '________-____-____-____-____________'
      AND translate(subscriber_id, '0123456789abcdef', '') = '----'
    GROUP BY 1 HAVING sum(upload_bytes + download_bytes) > 0) sums`;

/** Every quota of the policy in force and of the one on trial. */
function quotasOf(state: PolicyState | null): number[] {
  const policies = state === null ? [] : [state.inForce, ...(state.trial === null ? [] : [state.trial.snapshot])];
  const classes = policies.flatMap(({ serviceClasses }) => serviceClasses);
  return [...new Set(classes.flatMap(({ lteQuotaBytes }) => (lteQuotaBytes === null ? [] : [lteQuotaBytes])))];
}

/** Rows are locked in the order of their subscribers: two nodes at once never wait for each other. */
async function addToMonth(transaction: Transaction, month: Date): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO subscriber_months (subscriber_id, month, lte_bytes)
    SELECT subscriber_id, ${month}::date, bytes FROM (${lteGrowth}) grown ORDER BY subscriber_id
    ON CONFLICT (subscriber_id, month) DO UPDATE SET lte_bytes = subscriber_months.lte_bytes + excluded.lte_bytes`;
}

/** Those whom the batch brought past one of the quotas, whichever class they have. */
function findPassed(transaction: Transaction, month: Date, quotas: readonly number[]): Promise<Counted[]> {
  return transaction.$queryRaw<Counted[]>`
    SELECT subscriber_id AS "subscriberId", lte_bytes AS "lteBytes", bytes AS growth
    FROM (${lteGrowth}) grown JOIN subscriber_months counted USING (subscriber_id)
    WHERE month = ${month}::date AND EXISTS (SELECT FROM unnest(${arrayText(quotas)}::bigint[]) AS quota
      WHERE lte_bytes >= quota AND lte_bytes - bytes < quota)`;
}

/** Those of the subscribers whose class changed by what was counted. */
async function findChanged(
  transaction: Transaction,
  state: PolicyState,
  nodeId: string,
  counted: readonly Counted[],
): Promise<string[]> {
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

/** Add a batch's LTE bytes (see batch-paths) to their subscribers' month. Where that brings another class into force, nodes ask anew. */
export async function countQuota(transaction: Transaction, source: { nodeId: string; at: Date }): Promise<void> {
  const month = monthOf(source.at);
  await addToMonth(transaction, month);
  const state = await findPolicyState(transaction);
  const quotas = quotasOf(state);
  if (state === null || quotas.length === 0) return;
  const counted = await findPassed(transaction, month, quotas);
  if (counted.length === 0) return;
  const changed = await findChanged(transaction, state, source.nodeId, counted);
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
