import type { StaffList, StaffMember } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { requireRole, type StaffActor } from "./actor";
import { afterCursor, cutPage, encodeCursor } from "./page-cursor";
import { asStaffMember, staffRoles, withCredentials } from "./staff-account";

/** Accounts, newest first. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listStaff(
  staff: StaffActor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<StaffList> {
  requireRole(staff, staffRoles);
  const rows = await getDatabase().staff.findMany({
    where: afterCursor(cursor),
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: withCredentials(),
  });
  return cutPage(rows, limit, asStaffMember, ({ createdAt, id }) => encodeCursor(createdAt, id));
}

/** Every account, oldest first, for the portal's own machine. */
export async function readAllStaff(): Promise<StaffMember[]> {
  const rows = await getDatabase().staff.findMany({ orderBy: { createdAt: "asc" }, include: withCredentials() });
  return rows.map(asStaffMember);
}
