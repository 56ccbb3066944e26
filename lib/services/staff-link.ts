import { randomUUID } from "node:crypto";
import type { StaffLink } from "@/lib/contracts/staff";
import { appendAudit } from "@/lib/db/audit-chain";
import type { Transaction } from "@/lib/db/client";
import { requireEnv } from "@/lib/shared/env";
import { newSecret, sha256Hex } from "@/lib/shared/ids";

const lifetimeMs = 24 * 3_600_000;

/** How long a one-time link works. */
export const staffLinkHours = lifetimeMs / 3_600_000;

/**
 * Make the one-time link with which an account chooses its password; older ones of it become void. Only its hash is
 * stored: the link is shown once.
 */
export async function issueStaffLink(transaction: Transaction, staffId: string, actor: string): Promise<StaffLink> {
  const token = newSecret();
  const expiresAt = new Date(Date.now() + lifetimeMs);
  await transaction.staffLink.deleteMany({ where: { staffId, usedAt: null } });
  await transaction.staffLink.create({ data: { id: randomUUID(), staffId, tokenHash: sha256Hex(token), expiresAt } });
  await appendAudit(transaction, { actor, action: "staff.link", target: `staff:${staffId}`, after: { expiresAt } });
  const url = new URL("/choose-password", requireEnv("NEXTAUTH_URL"));
  url.searchParams.set("token", token);
  return { url: url.href, expiresAt: expiresAt.toISOString() };
}
