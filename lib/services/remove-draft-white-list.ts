import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { type Precondition, requireUnchanged } from "./lost-update";
import { currentList, shown } from "./save-draft-white-list";

/** Remove a white-list from the draft. Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED, NOT_FOUND. */
export async function removeDraftWhiteList(
  staff: StaffActor,
  { id, precondition }: { id: string; precondition: Precondition },
): Promise<void> {
  await changeDraft(staff, (draft) => {
    const current = currentList(draft, id);
    requireUnchanged(precondition, shown(current), `The white-list "${id}"`);
    const before = current === null ? null : { ...current.item, rules: current.list.rules.length };
    return { write: { collection: "white-list", id, body: null }, before, after: null };
  });
}
