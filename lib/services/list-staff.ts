import type { StaffList } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { requireRole, type StaffActor } from "./actor";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";
import { asStaffMember, staffRoles, withOpenLinks } from "./staff-account";

/** Accounts, newest first. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listStaff(
  staff: StaffActor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<StaffList> {
  requireRole(staff, staffRoles);
  const last = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await getDatabase().staff.findMany({
    where: last === null ? {} : { OR: [{ createdAt: { lt: last.at } }, { createdAt: last.at, id: { lt: last.id } }] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: withOpenLinks(),
  });
  return cutPage(rows, limit, asStaffMember, ({ createdAt, id }) => encodeCursor(createdAt, id));
}
