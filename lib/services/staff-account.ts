import type { Role } from "@/lib/contracts/portal";
import type { StaffMember, StaffState } from "@/lib/contracts/staff";
import type { Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { etagOf } from "./lost-update";

/** Roles that may manage staff. */
export const staffRoles: readonly Role[] = ["admin"];

type StaffRow = {
  id: string;
  name: string;
  email: string;
  role: Role;
  passwordHash: string | null;
  ssoSubject: string | null;
  createdAt: Date;
  disabledAt: Date | null;
  lastSignInAt: Date | null;
  links: readonly { expiresAt: Date }[];
  secondFactor: { confirmedAt: Date | null } | null;
};

/** With an account's row: the link that still works, and its second factor. */
export const withCredentials = () => ({
  secondFactor: { select: { confirmedAt: true } },
  links: { where: { usedAt: null, expiresAt: { gt: new Date() } }, orderBy: { expiresAt: "desc" as const }, take: 1 },
});

function stateOf(row: Pick<StaffRow, "disabledAt" | "passwordHash" | "ssoSubject">): StaffState {
  if (row.disabledAt !== null) return "disabled";
  return row.passwordHash === null && row.ssoSubject === null ? "invited" : "active";
}

/** What staff may change of an account, as the audit log keeps it and the ETag is made of. */
export function staffContent(row: Pick<StaffRow, "name" | "role" | "disabledAt">) {
  return { name: row.name, role: row.role, isDisabled: row.disabledAt !== null };
}

export function asStaffMember(row: StaffRow): StaffMember {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    state: stateOf(row),
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    linkExpiresAt: row.links[0]?.expiresAt.toISOString() ?? null,
    hasSecondFactor: (row.secondFactor?.confirmedAt ?? null) !== null,
    etag: etagOf(staffContent(row)),
  };
}

/**
 * An account with its open link; changes of accounts wait for one another from here to the transaction's end.
 * Errors: AppError STAFF_UNKNOWN.
 */
export async function lockStaff(transaction: Transaction, where: { id: string } | { email: string }) {
  await transaction.$executeRaw`LOCK TABLE staff IN EXCLUSIVE MODE`;
  const row = await transaction.staff.findUnique({ where, include: withCredentials() });
  if (row === null)
    throw new AppError("STAFF_UNKNOWN", `No account has ${"id" in where ? "this id" : `the address ${where.email}`}.`);
  return row;
}

/**
 * Of a change that was made in this transaction: somebody must be left who can manage staff, and can sign in while the
 * provider of the single sign-on is away.
 * Errors: AppError STAFF_LAST_ADMIN.
 */
export async function requireAdminLeft(transaction: Transaction): Promise<void> {
  const admins = { role: "admin" as const, disabledAt: null, passwordHash: { not: null } };
  if ((await transaction.staff.count({ where: admins })) === 0)
    throw new AppError(
      "STAFF_LAST_ADMIN",
      "This is the last active administrator; without one nobody could manage staff. Make another administrator first.",
    );
}
