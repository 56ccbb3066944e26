import type { SubscriberDetail } from "@/lib/contracts/subscribers";
import { type Database, getDatabase, type Transaction } from "@/lib/db/client";
import { classInForce, monthOf } from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import { asDevice, type DeviceRow, deviceColumns } from "./device-row";
import { findPolicyState, type PolicyState, snapshotForSubscriber } from "./policy-state";
import { asSubscriber, type SubscriberRow, subscriberColumns } from "./subscriber-row";

/** Devices shown with a subscriber, newest first; the rest is found by the list of devices. */
const maxDevices = 200;

type DetailRow = SubscriberRow & { lteBytes: bigint | null };

function quotaClass(state: PolicyState | null, row: SubscriberRow, lteBytes: number): string | null {
  if (state === null) return null;
  const { serviceClasses } = snapshotForSubscriber(state, row.id);
  const input = { serviceClasses, subscribedClassId: row.serviceClassId, lteBytesThisMonth: lteBytes };
  const { classId, isQuotaReached } = classInForce(input);
  return isQuotaReached ? classId : null;
}

/**
 * A subscriber with its devices and what it used this month; null where there is none.
 *
 * @param policy who has it already says so
 */
export async function readSubscriber(
  database: Database | Transaction,
  id: string,
  policy?: Promise<PolicyState | null>,
): Promise<SubscriberDetail | null> {
  const [row] = await database.$queryRaw<DetailRow[]>`
    SELECT ${subscriberColumns}, m.lte_bytes AS "lteBytes" FROM subscribers s
    LEFT JOIN subscriber_months m ON m.subscriber_id = s.id AND m.month = ${monthOf(new Date())}::date
    WHERE s.id = ${id}::uuid`;
  if (row === undefined) return null;
  const devices = await database.$queryRaw<DeviceRow[]>`
    SELECT ${deviceColumns} FROM devices d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.subscriber_id = ${id}::uuid ORDER BY d.enrolled_at DESC, d.id DESC LIMIT ${maxDevices}`;
  const lteBytesThisMonth = Number(row.lteBytes ?? 0);
  return {
    ...asSubscriber(row, devices.filter(({ revokedAt }) => revokedAt === null).length),
    deviceList: devices.map(asDevice),
    lteBytesThisMonth,
    quotaClassId: quotaClass(await (policy ?? findPolicyState(database)), row, lteBytesThisMonth),
  };
}

/** Errors: AppError NOT_FOUND. */
export async function getSubscriber(
  id: string,
  database: Database | Transaction = getDatabase(),
  policy?: Promise<PolicyState | null>,
): Promise<SubscriberDetail> {
  const subscriber = await readSubscriber(database, id, policy);
  if (subscriber === null) throw new AppError("NOT_FOUND", "No subscriber has this id (any more).");
  return subscriber;
}
