import type { Role } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockDraft } from "@/lib/db/policy-versions";
import { auditName, requireRole, type StaffActor } from "./actor";
import { clearOverlay, type OverlayWrite, writeOverlay } from "./draft-overlay";
import { etagOf } from "./lost-update";
import { networksOf, type PolicyDraft, readDraft, whiteListEtag } from "./policy-draft";

/** Roles that may change the policy. */
export const policyRoles: readonly Role[] = ["admin", "operator"];

/** A policy may hold lists of 100,000 rules: reading and writing them takes longer than other transactions. */
export const policyTransaction = { timeout: 60_000, maxWait: 30_000 };

export type DraftEdit = {
  write: OverlayWrite;
  /** For the audit log, without the rules of a white-list. */
  before: unknown;
  after: unknown;
};

function isAsInForce({ base }: PolicyDraft, write: OverlayWrite): boolean {
  const { id } = write;
  if (write.collection === "networks") return write.body === null || etagOf(write.body) === etagOf(networksOf(base));
  if (write.collection === "service-class") {
    const inForce = base.serviceClasses.find((item) => item.id === id);
    return write.body === null || inForce === undefined
      ? write.body === (inForce ?? null)
      : etagOf(write.body) === etagOf(inForce);
  }
  const inForce = base.whiteLists.find((item) => item.id === id);
  return write.body === null || inForce === undefined
    ? write.body === (inForce ?? null)
    : whiteListEtag(write.body) === whiteListEtag(inForce);
}

/** Put items into the draft; those that are as in the policy in force leave it. The caller holds a lock. */
export async function applyWrites(
  transaction: Transaction,
  draft: PolicyDraft,
  writes: readonly OverlayWrite[],
  changedBy: string,
): Promise<void> {
  for (const write of writes)
    if (isAsInForce(draft, write)) await clearOverlay(transaction, [write]);
    else await writeOverlay(transaction, write, changedBy);
}

/**
 * Change one item of the draft while nobody else changes any, with its audit entry.
 *
 * @param decide what to write, from the draft as it is; null changes nothing. It throws to refuse.
 * @returns the draft afterwards
 * Errors: AppError AUTH_FORBIDDEN, POLICY_MISSING, and those of `decide`.
 */
export async function changeDraft(
  staff: StaffActor,
  decide: (draft: PolicyDraft) => DraftEdit | null,
): Promise<PolicyDraft> {
  requireRole(staff, policyRoles);
  return getDatabase().$transaction(async (transaction) => {
    await lockDraft(transaction);
    const draft = await readDraft(transaction);
    const edit = decide(draft);
    if (edit === null) return draft;
    const { write, before, after } = edit;
    const actor = auditName(staff);
    await applyWrites(transaction, draft, [write], actor);
    const target = `draft:${write.collection}:${write.id}`;
    await appendAudit(transaction, { actor, action: "policy.draft.change", target, before, after });
    return readDraft(transaction);
  }, policyTransaction);
}
