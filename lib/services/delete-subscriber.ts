import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import type { Precondition } from "./lost-update";
import { revokeOfSubscriber } from "./revoke-entitlements";
import { requireUnchangedSubscriber } from "./update-subscriber";

/**
 * Delete a subscriber with its devices and enrolment codes; running sessions end.
 * Errors: LostUpdate PRECONDITION_FAILED; AppError AUTH_FORBIDDEN, NOT_FOUND.
 */
export async function deleteSubscriber(
  staff: StaffActor,
  { id, precondition }: { id: string; precondition: Precondition },
): Promise<null> {
  requireRole(staff, subscriberWriters);
  return getDatabase().$transaction(async (transaction) => {
    const before = await requireUnchangedSubscriber(transaction, id, precondition);
    await revokeOfSubscriber(transaction, id);
    const devices = await transaction.device.findMany({ where: { subscriberId: id }, select: { id: true } });
    await transaction.subscriberMonth.deleteMany({ where: { subscriberId: id } });
    await transaction.subscriber.delete({ where: { id } });
    const audit = { actor: auditName(staff), action: "subscriber.delete", target: `subscriber:${id}` };
    await appendAudit(transaction, { ...audit, before: { ...before, devices: devices.map((device) => device.id) } });
    return null;
  });
}
