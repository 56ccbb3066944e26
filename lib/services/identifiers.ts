import type { Role } from "@/lib/contracts/portal";
import type { Device, ImportRow, Subscriber } from "@/lib/contracts/subscribers";
import type { SupportCase } from "@/lib/contracts/support";
import { getDatabase, type Transaction } from "@/lib/db/client";
import type { StaffActor } from "./actor";
import { etagOf } from "./lost-update";
import { maskNumber, maskNumbersIn, maskNumbersInTold } from "./mask-number";

/** How long a look-up shows a subscriber's numbers in full. */
const grantMs = 3_600_000;

/** See every number. */
const fullRoles: readonly Role[] = ["admin", "operator"];
/** See the numbers of whom they looked up; every other role sees none. */
const lookUpRoles: readonly Role[] = ["support"];

/**
 * What one reader may see of MSISDNs and IMSIs: the one place that masks them, for every answer that holds one. Other
 * contents are left as they are.
 */
export class Identifiers {
  constructor(
    /** Every number is shown in full. */
    readonly seesAll: boolean,
    private readonly lookedUp: ReadonlySet<string>,
  ) {}

  sees(subscriberId: string): boolean {
    return this.seesAll || this.lookedUp.has(subscriberId);
  }

  /** A masked subscriber's ETag is of what is shown: one of the numbers would let them be found by trying. */
  ofSubscriber<T extends Subscriber>(subscriber: T): T {
    const { id } = subscriber;
    if (this.sees(id)) return subscriber;
    const { state, serviceClassId, extraWhiteListIds } = subscriber;
    const shown = this.ofNumbers(subscriber);
    return {
      ...shown,
      isMasked: true,
      etag: etagOf({ id, msisdn: shown.msisdn, imsi: shown.imsi, state, serviceClassId, extraWhiteListIds }),
    };
  }

  /** Anything with a subscriber's id and numbers. */
  ofNumbers<T extends { id: string; msisdn: string; imsi: string | null }>(subscriber: T): T {
    if (this.sees(subscriber.id)) return subscriber;
    const { msisdn, imsi } = subscriber;
    return { ...subscriber, msisdn: maskNumber(msisdn), imsi: imsi === null ? null : maskNumber(imsi) };
  }

  ofDevice(device: Device): Device {
    return this.sees(device.subscriberId) ? device : { ...device, msisdn: maskNumber(device.msisdn) };
  }

  /** A look-up that somebody else may have made. */
  ofCase(found: SupportCase): SupportCase {
    const { subscriber, purpose } = found;
    if (this.sees(subscriber.id)) return found;
    return { ...found, subscriber: this.ofNumbers(subscriber), purpose: maskNumbersIn(purpose) };
  }

  /** A row of a file names nobody who was looked up. */
  ofImportRow<Row extends Pick<ImportRow, "msisdn" | "told">>(row: Row): Row {
    if (this.seesAll) return row;
    return { ...row, msisdn: maskNumber(row.msisdn), told: row.told.map(maskNumbersInTold) };
  }
}

export async function identifiersFor(staff: StaffActor, now = new Date()): Promise<Identifiers> {
  if (!lookUpRoles.includes(staff.role)) return new Identifiers(fullRoles.includes(staff.role), new Set());
  const grants = await getDatabase().lookUpGrant.findMany({
    where: { staffId: staff.id, expiresAt: { gt: now } },
    select: { subscriberId: true },
  });
  return new Identifiers(false, new Set(grants.map(({ subscriberId }) => subscriberId)));
}

/**
 * Keep the rows of a grant to come from being removed, in the order in which staff and then others lock them.
 * @returns whether both are there
 */
export async function holdGranted(
  transaction: Transaction,
  { staffId, subscriberId }: { staffId: string; subscriberId: string },
): Promise<boolean> {
  const staff = await transaction.$queryRaw<unknown[]>`SELECT 1 FROM staff WHERE id = ${staffId}::uuid FOR KEY SHARE`;
  const subscriber = await transaction.$queryRaw<unknown[]>`
    SELECT 1 FROM subscribers WHERE id = ${subscriberId}::uuid FOR KEY SHARE`;
  return staff.length > 0 && subscriber.length > 0;
}

/** Staff stated why they look at this subscriber: its numbers are shown to them for a while. Others' grants that are over go. */
export async function grantIdentifiers(
  transaction: Transaction,
  { staffId, subscriberId, now }: { staffId: string; subscriberId: string; now: Date },
): Promise<void> {
  const expiresAt = new Date(now.getTime() + grantMs);
  await transaction.$executeRaw`
    WITH old AS (
      DELETE FROM look_up_grants WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM look_up_grants WHERE expires_at < ${now}
          AND (staff_id, subscriber_id) <> (${staffId}::uuid, ${subscriberId}::uuid) FOR UPDATE SKIP LOCKED))
    )
    INSERT INTO look_up_grants (staff_id, subscriber_id, expires_at)
    VALUES (${staffId}::uuid, ${subscriberId}::uuid, ${expiresAt})
    ON CONFLICT (staff_id, subscriber_id) DO UPDATE SET expires_at = excluded.expires_at`;
}
