import type { Entitlement } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { classInForce, monthOf } from "@/lib/policy";
import { readPolicyState, snapshotForSubscriber } from "./policy-state";

/** How long a node may keep the answer without asking again; the policy stream revokes it sooner. */
const lifetimeMs = 3_600_000;

function nextMonth(at: Date): number {
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1);
}

/**
 * What a device may do, with the class that is in force by this month's LTE bytes; null for an unknown or revoked one.
 *
 * @param nodeId the node that asks, which may try another policy; null for the device itself
 * Errors: AppError POLICY_MISSING.
 */
export async function findEntitlement(
  deviceId: string,
  nodeId: string | null,
  now = new Date(),
): Promise<Entitlement | null> {
  const database = getDatabase();
  const device = await database.device.findUnique({ where: { id: deviceId }, include: { subscriber: true } });
  if (device === null || device.revokedAt !== null) return null;
  const { subscriber, subscriberId } = device;
  const [state, used] = await Promise.all([
    readPolicyState(),
    database.subscriberMonth.findUnique({
      where: { subscriberId_month: { subscriberId, month: monthOf(now) } },
      select: { lteBytes: true },
    }),
  ]);
  const { classId, isQuotaReached } = classInForce({
    serviceClasses: snapshotForSubscriber(state, subscriberId, nodeId).serviceClasses,
    subscribedClassId: subscriber.serviceClassId,
    lteBytesThisMonth: Number(used?.lteBytes ?? 0n),
  });
  const untilMs = now.getTime() + lifetimeMs;
  // The month's end gives the subscribed class back.
  const expiresAt = new Date(isQuotaReached ? Math.min(untilMs, nextMonth(now)) : untilMs);
  return {
    deviceId: device.id,
    subscriberId,
    state: subscriber.state,
    serviceClassId: classId,
    isQuotaReached,
    extraWhiteListIds: subscriber.extraWhiteListIds,
    secretSha256: device.secretSha256,
    expiresAt: expiresAt.toISOString(),
  };
}
