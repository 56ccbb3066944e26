import type { StaffLink } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { lockStaff, staffRoles } from "./staff-account";
import { issueStaffLink } from "./staff-link";

/** The account of this address or id gets a new one-time link. `actor` as the audit log writes it. */
export function makeStaffLink(who: { id: string } | { email: string }, actor: string): Promise<StaffLink> {
  return getDatabase().$transaction(async (transaction) => {
    const row = await lockStaff(transaction, who);
    if (row.disabledAt !== null)
      throw new AppError("STAFF_DISABLED", `The account of ${row.email} is disabled. Enable it first.`);
    return issueStaffLink(transaction, row.id, actor);
  });
}

/**
 * A new one-time link for an account: to invite it again, or where the password was forgotten. The password in use works
 * until the link was used. Errors: AppError AUTH_FORBIDDEN, STAFF_UNKNOWN, STAFF_DISABLED.
 */
export async function createStaffLink(staff: StaffActor, id: string): Promise<StaffLink> {
  requireRole(staff, staffRoles);
  return makeStaffLink({ id }, auditName(staff));
}
