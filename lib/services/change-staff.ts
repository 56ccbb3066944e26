import type { StaffChange, StaffMember } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { type Precondition, requireUnchanged } from "./lost-update";
import { asStaffMember, lockStaff, requireAdminLeft, staffContent, staffRoles } from "./staff-account";
import { endStaffSessions } from "./staff-sessions";

type Change = { id: string; change: StaffChange; precondition: Precondition };

/** Nobody takes their own rights away by a slip. Errors: AppError STAFF_OWN_ACCOUNT. */
function requireOthersAccount(staff: StaffActor, id: string): void {
  if (staff.id === id)
    throw new AppError(
      "STAFF_OWN_ACCOUNT",
      "You cannot change your own role or disable your own account. Ask another administrator.",
    );
}

type StaffRow = Awaited<ReturnType<typeof lockStaff>>;
type Content = Omit<StaffChange, "reason">;

/** Write a locked account's new content, with what follows from it. Errors: AppError STAFF_LAST_ADMIN. */
async function writeStaff(
  transaction: Transaction,
  row: StaffRow,
  next: Content,
  by: { actor: string; reason: string },
): Promise<void> {
  const { id } = row;
  const before = staffContent(row);
  if (canonicalJson(before) === canonicalJson(next)) return;
  const disabledAt = next.isDisabled ? (row.disabledAt ?? new Date()) : null;
  await transaction.staff.update({ where: { id }, data: { name: next.name, role: next.role, disabledAt } });
  await requireAdminLeft(transaction);
  if (next.isDisabled) {
    await transaction.staffLink.deleteMany({ where: { staffId: id, usedAt: null } });
    await endStaffSessions(transaction, { staffId: id }, by.actor);
  }
  await appendAudit(transaction, { ...by, action: "staff.update", target: `staff:${id}`, before, after: next });
}

/**
 * Change an account's name, role, and whether it is disabled; the new role counts from its next request on.
 * Errors: AppError AUTH_FORBIDDEN, STAFF_UNKNOWN, STAFF_OWN_ACCOUNT, STAFF_LAST_ADMIN; LostUpdate.
 */
export async function changeStaff(staff: StaffActor, { id, change, precondition }: Change): Promise<StaffMember> {
  requireRole(staff, staffRoles);
  const { reason, ...next } = change;
  return getDatabase().$transaction(async (transaction) => {
    const row = await lockStaff(transaction, { id });
    const seen = asStaffMember(row);
    requireUnchanged(precondition, { etag: seen.etag, item: seen }, `The account of ${row.name}`);
    const before = staffContent(row);
    if (before.role !== next.role || before.isDisabled !== next.isDisabled) requireOthersAccount(staff, id);
    await writeStaff(transaction, row, next, { actor: auditName(staff), reason });
    return asStaffMember(await lockStaff(transaction, { id }));
  });
}

/**
 * Disable an account from the portal's own machine. `by.actor` as the audit log writes it.
 * Errors: AppError STAFF_UNKNOWN, STAFF_LAST_ADMIN.
 */
export async function disableStaff(email: string, by: { actor: string; reason: string }): Promise<void> {
  await getDatabase().$transaction(async (transaction) => {
    const row = await lockStaff(transaction, { email });
    await writeStaff(transaction, row, { ...staffContent(row), isDisabled: true }, by);
  });
}
