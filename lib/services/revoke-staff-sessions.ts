import type { RevokedSessions } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { staffRoles } from "./staff-account";
import { endStaffSessions } from "./staff-sessions";

function requireSome(revoked: number): RevokedSessions {
  if (revoked === 0) throw new AppError("NOT_FOUND", "This account has no such sign-in session (any more).");
  return { revoked };
}

/** End one of one's own sign-ins. Errors: AppError NOT_FOUND, also for a session of somebody else. */
export async function revokeOwnSession(staff: StaffActor, sessionId: string): Promise<RevokedSessions> {
  return requireSome(
    await getDatabase().$transaction((transaction) =>
      endStaffSessions(transaction, { id: sessionId, staffId: staff.id }, auditName(staff)),
    ),
  );
}

/** End all of one's own sign-ins but the one that asks. */
export async function revokeOtherSessions(staff: StaffActor): Promise<RevokedSessions> {
  const revoked = await getDatabase().$transaction((transaction) =>
    endStaffSessions(transaction, { staffId: staff.id, exceptId: staff.sessionId }, auditName(staff)),
  );
  return { revoked };
}

/**
 * End one sign-in of an account, or with null all.
 * Errors: AppError AUTH_FORBIDDEN; NOT_FOUND where there is nothing to end.
 */
export async function revokeStaffSessions(
  staff: StaffActor,
  { staffId, sessionId, reason }: { staffId: string; sessionId: string | null; reason: string },
): Promise<RevokedSessions> {
  requireRole(staff, staffRoles);
  const which = sessionId === null ? { staffId } : { staffId, id: sessionId };
  return requireSome(
    await getDatabase().$transaction((transaction) => endStaffSessions(transaction, which, auditName(staff), reason)),
  );
}
