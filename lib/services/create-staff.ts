import { randomUUID } from "node:crypto";
import { say } from "@/lib/contracts/sentences";
import type { NewStaff, StaffInput } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor } from "./actor";
import { FieldsRefused } from "./fields-refused";
import { asStaffMember, lockStaff, staffRoles } from "./staff-account";
import { issueStaffLink } from "./staff-link";

/**
 * Make an account without a password, and the one-time link with which its owner chooses one.
 * Errors: AppError AUTH_FORBIDDEN; FieldsRefused STAFF_TAKEN.
 */
export async function createStaff(staff: StaffActor, input: StaffInput): Promise<NewStaff> {
  requireRole(staff, staffRoles);
  const email = input.email.toLowerCase();
  return getDatabase().$transaction(async (transaction) => {
    await transaction.$executeRaw`LOCK TABLE staff IN EXCLUSIVE MODE`;
    if ((await transaction.staff.count({ where: { email } })) > 0)
      throw new FieldsRefused("STAFF_TAKEN", {
        email: say("accountTaken", { email }),
      });
    const id = randomUUID();
    const after = { name: input.name, email, role: input.role };
    await transaction.staff.create({ data: { id, ...after } });
    const actor = auditName(staff);
    await appendAudit(transaction, { actor, action: "staff.create", target: `staff:${id}`, after });
    const link = await issueStaffLink(transaction, id, actor);
    return { member: asStaffMember(await lockStaff(transaction, { id })), link };
  });
}
