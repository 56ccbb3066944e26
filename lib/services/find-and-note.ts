import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";
import { type FoundSubscriber, findSubscriber } from "./find-subscriber";
import { grantIdentifiers, holdGranted } from "./identifiers";
import { removeOldSnapshots } from "./snapshot-store";

type LookUp = { identifier: string; purpose: string };

/**
 * Keep who looks at whom and why. The rows that the grant points to are held first: who changes one of them holds it when
 * it waits for the audit log. The audit log's lock also keeps grants from waiting for each other.
 */
async function note(staff: StaffActor, { identifier, purpose }: LookUp, found: FoundSubscriber | null, now: Date) {
  await getDatabase().$transaction(async (transaction) => {
    const isThere = found !== null && (await holdGranted(transaction, { staffId: staff.id, subscriberId: found.id }));
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "support.look-up",
      target: found === null ? "subscriber:unknown" : `subscriber:${found.id}`,
      after: { identifier },
      reason: purpose,
    });
    if (isThere) await grantIdentifiers(transaction, { staffId: staff.id, subscriberId: found.id, now });
  });
}

/**
 * What `read` finds of whom a look-up is about. The look-up is kept with its purpose before anything is shown, also where
 * nobody is found, and shows the subscriber's numbers to who looks for a while; reading goes on meanwhile.
 *
 * Errors: AppError SUBSCRIBER_UNKNOWN; what `read` throws.
 */
export async function findAndNote<Found>(
  staff: StaffActor,
  lookUp: LookUp,
  now: Date,
  read: (subscriber: FoundSubscriber) => Promise<Found>,
): Promise<Found> {
  const subscriber = await findSubscriber(lookUp.identifier);
  const noted = Promise.all([note(staff, lookUp, subscriber, now), removeOldSnapshots(getDatabase(), now)]);
  if (subscriber !== null) return (await Promise.all([read(subscriber), noted]))[0];
  await noted;
  throw new AppError(
    "SUBSCRIBER_UNKNOWN",
    "Nobody has this number, IMSI or id. Check it with the customer, or search by its last digits under Subscribers.",
  );
}
