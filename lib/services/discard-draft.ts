import type { Draft, DraftCollection } from "@/lib/contracts/policy-admin";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { lockDraft } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { policyRoles, policyTransaction } from "./change-draft";
import { clearOverlay } from "./draft-overlay";
import { describeDraft } from "./get-draft";
import { type Precondition, requireUnchanged } from "./lost-update";
import { readDraft } from "./policy-draft";

/**
 * Take one item's change out of the draft, or all where null.
 *
 * @param seen which draft that was decided of; null: whatever it is
 * Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED; NOT_FOUND where the item has no change.
 */
export async function discardDraft(
  staff: StaffActor,
  { item }: { item: { collection: DraftCollection; id: string } | null },
  seen: Precondition | null,
): Promise<Draft> {
  requireRole(staff, policyRoles);
  const draft = await getDatabase().$transaction(async (transaction) => {
    await lockDraft(transaction);
    const before = await readDraft(transaction);
    if (seen !== null) requireUnchanged(seen, { etag: before.etag, item: null }, "The draft");
    const dropped = before.changes.filter(
      ({ collection, id }) => item === null || (collection === item.collection && id === item.id),
    );
    if (item !== null && dropped.length === 0)
      throw new AppError("NOT_FOUND", "The draft does not change this item (any more).");
    if (dropped.length === 0) return before;
    await clearOverlay(transaction, dropped);
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "policy.draft.discard",
      target: item === null ? "draft" : `draft:${item.collection}:${item.id}`,
      before: dropped.map(({ collection, id, kind }) => ({ collection, id, kind })),
      after: null,
    });
    return readDraft(transaction);
  }, policyTransaction);
  return describeDraft(draft);
}
