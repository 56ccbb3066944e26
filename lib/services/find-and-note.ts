import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, type StaffActor } from "./actor";
import { type FoundSubscriber, findSubscriber } from "./find-subscriber";
import { grantIdentifiers } from "./identifiers";
import { removeOldSnapshots } from "./snapshot-store";

/**
 * Whom a look-up is about. It is kept with its purpose before anything is shown, also where nobody is found, and shows
 * the subscriber's numbers to who looks for a while.
 *
 * Errors: AppError SUBSCRIBER_UNKNOWN.
 */
export async function findAndNote(
  staff: StaffActor,
  { identifier, purpose }: { identifier: string; purpose: string },
  now: Date,
): Promise<FoundSubscriber> {
  const found = await findSubscriber(identifier);
  await getDatabase().$transaction(async (transaction) => {
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "support.look-up",
      target: found === null ? "subscriber:unknown" : `subscriber:${found.id}`,
      after: { identifier },
      reason: purpose,
    });
    await removeOldSnapshots(transaction, now);
    if (found !== null) await grantIdentifiers(transaction, { staffId: staff.id, subscriberId: found.id, now });
  });
  if (found === null)
    throw new AppError(
      "SUBSCRIBER_UNKNOWN",
      "Nobody has this number, IMSI or id. Check it with the customer, or search by its last digits under Subscribers.",
    );
  return found;
}
