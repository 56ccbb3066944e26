import type { Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";

/** More devices than these are not named: every node then asks anew about all of its own. */
const maxNamed = 100;

/** On commit, nodes and agents forget what these devices may do and ask anew; running sessions feel it. */
export async function revokeEntitlements(transaction: Transaction, deviceIds: readonly string[]): Promise<void> {
  if (deviceIds.length === 0) return;
  const named = deviceIds.length > maxNamed ? null : [...deviceIds];
  await notifyDatabase(transaction, { type: "revoke", deviceIds: named });
}

/** The same for all devices of a subscriber. */
export async function revokeOfSubscriber(transaction: Transaction, subscriberId: string): Promise<void> {
  const where = { subscriberId, revokedAt: null };
  const devices = await transaction.device.findMany({ where, select: { id: true }, take: maxNamed + 1 });
  await revokeEntitlements(
    transaction,
    devices.map(({ id }) => id),
  );
}
