import type { StaffSessionList } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { requireRole, type StaffActor } from "./actor";
import { staffRoles } from "./staff-account";
import { liveSession } from "./staff-sessions";

async function sessionsOf(staffId: string, currentId: string | null): Promise<StaffSessionList> {
  const rows = await getDatabase().staffSession.findMany({
    where: { staffId, ...liveSession() },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return {
    items: rows.map(({ id, createdAt, lastSeenAt, expiresAt, address, browser }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      address,
      browser,
      isCurrent: id === currentId,
    })),
  };
}

/** Where somebody is signed in themselves. */
export function listOwnSessions(staff: StaffActor): Promise<StaffSessionList> {
  return sessionsOf(staff.id, staff.sessionId);
}

/** Where another account is signed in. Errors: AppError AUTH_FORBIDDEN, STAFF_UNKNOWN. */
export async function listStaffSessions(staff: StaffActor, staffId: string): Promise<StaffSessionList> {
  requireRole(staff, staffRoles);
  const known = await getDatabase().staff.count({ where: { id: staffId } });
  if (known === 0) throw new AppError("STAFF_UNKNOWN", "No account has this id.");
  return sessionsOf(staffId, staff.sessionId);
}
