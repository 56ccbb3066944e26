import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import type { StaffActor } from "./actor";

const idleMs = 8 * 3_600_000;
/** How long a sign-in lasts at most, in use or not. */
export const absoluteSessionMs = 24 * 3_600_000;
/** `last_seen_at` is written at most this often. */
const touchEveryMs = 60_000;

/** Note a sign-in. @returns the session's id, for the browser's token */
export async function createStaffSession(staffId: string): Promise<string> {
  const id = randomUUID();
  await getDatabase().$transaction(async (transaction) => {
    await transaction.staffSession.deleteMany({ where: { expiresAt: { lt: new Date() } } });
    const expiresAt = new Date(Date.now() + absoluteSessionMs);
    await transaction.staffSession.create({ data: { id, staffId, expiresAt } });
    await appendAudit(transaction, { actor: `staff:${staffId}`, action: "session.create", target: `session:${id}` });
  });
  return id;
}

/**
 * Who is signed in with this session, role as of now; null once it is revoked, idle for 8 h, 24 h old, or its account
 * disabled. `isUse` false looks without keeping the session awake (an open stream is no use).
 */
export async function findStaffSession(id: string, isUse = true): Promise<StaffActor | null> {
  const now = Date.now();
  const session = await getDatabase().staffSession.findUnique({ where: { id }, include: { staff: true } });
  if (session === null || session.revokedAt !== null || session.staff.disabledAt !== null) return null;
  if (session.expiresAt.getTime() <= now || session.lastSeenAt.getTime() + idleMs <= now) return null;
  if (isUse && session.lastSeenAt.getTime() + touchEveryMs < now)
    await getDatabase().staffSession.updateMany({
      where: { id, revokedAt: null },
      data: { lastSeenAt: new Date(now) },
    });
  const { name, email, role } = session.staff;
  return { kind: "staff", id: session.staffId, name, email, role, sessionId: id };
}

/** End a sign-in at once; open streams of it close at their next check. */
export async function revokeStaffSession(id: string, actor: string): Promise<void> {
  await getDatabase().$transaction(async (transaction) => {
    const { count } = await transaction.staffSession.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count > 0) await appendAudit(transaction, { actor, action: "session.revoke", target: `session:${id}` });
  });
}
