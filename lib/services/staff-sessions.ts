import { randomUUID } from "node:crypto";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import type { StaffActor } from "./actor";

const idleMs = 8 * 3_600_000;
/** How long a sign-in lasts at most, in use or not. */
export const absoluteSessionMs = 24 * 3_600_000;
/** `last_seen_at` is written at most this often. */
const touchEveryMs = 60_000;

/** Where a sign-in came from: the client's address, and its browser's own word. */
export type SignInOrigin = { address: string; browser: string };

/** Note a sign-in. @returns the session's id, for the browser's token */
export async function createStaffSession(
  staffId: string,
  { address, browser }: SignInOrigin = { address: "", browser: "" },
): Promise<string> {
  const id = randomUUID();
  await getDatabase().$transaction(async (transaction) => {
    const now = new Date();
    await transaction.staff.update({ where: { id: staffId }, data: { lastSignInAt: now } });
    await transaction.staffSession.deleteMany({ where: { expiresAt: { lt: now } } });
    const expiresAt = new Date(now.getTime() + absoluteSessionMs);
    const origin = { address: address.slice(0, 64), browser: browser.slice(0, 300) };
    await transaction.staffSession.create({ data: { id, staffId, expiresAt, ...origin } });
    await appendAudit(transaction, {
      actor: `staff:${staffId}`,
      action: "session.create",
      target: `session:${id}`,
      after: origin,
    });
  });
  return id;
}

/** What a session that still counts fulfils. */
export function liveSession(now = Date.now()) {
  return {
    revokedAt: null,
    expiresAt: { gt: new Date(now) },
    lastSeenAt: { gt: new Date(now - idleMs) },
  };
}

/**
 * Who is signed in with this session, role as of now; null once it is revoked, idle for 8 h, 24 h old, or its account
 * disabled. `isUse` false looks without keeping the session awake (an open stream is no use).
 */
export async function findStaffSession(id: string, isUse = true): Promise<StaffActor | null> {
  const now = Date.now();
  const session = await getDatabase().staffSession.findFirst({
    where: { id, ...liveSession(now) },
    include: { staff: true },
  });
  if (session === null || session.staff.disabledAt !== null) return null;
  if (isUse && session.lastSeenAt.getTime() + touchEveryMs < now)
    await getDatabase().staffSession.updateMany({
      where: { id, revokedAt: null },
      data: { lastSeenAt: new Date(now) },
    });
  const { name, email, role, language } = session.staff;
  return { kind: "staff", id: session.staffId, name, email, role, language, sessionId: id, token: null };
}

type SessionsToEnd = { id: string; staffId?: string } | { staffId: string; exceptId?: string | null };

/**
 * End sign-ins at once; open streams of them close at their next check.
 * @returns how many there were
 */
export async function endStaffSessions(
  transaction: Transaction,
  which: SessionsToEnd,
  actor: string,
  reason?: string,
): Promise<number> {
  const { exceptId = null, ...one } = { exceptId: null, ...which };
  const where = { ...one, ...(exceptId === null ? {} : { id: { not: exceptId } }), revokedAt: null };
  // All rows before the first audit entry: whoever holds a session's row may wait for the audit chain, never the reverse.
  const ended = await transaction.staffSession.updateManyAndReturn({
    where,
    data: { revokedAt: new Date() },
    select: { id: true },
  });
  for (const { id } of ended) {
    const change = { actor, action: "session.revoke", target: `session:${id}` };
    await appendAudit(transaction, reason === undefined ? change : { ...change, reason });
  }
  return ended.length;
}

/** End one sign-in at once. */
export async function revokeStaffSession(id: string, actor: string): Promise<void> {
  await getDatabase().$transaction((transaction) => endStaffSessions(transaction, { id }, actor));
}
