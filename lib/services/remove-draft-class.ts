import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { type Precondition, requireUnchanged } from "./lost-update";
import { currentClass } from "./save-draft-class";

/** Remove a service class from the draft. Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED, NOT_FOUND. */
export async function removeDraftClass(
  staff: StaffActor,
  { id, precondition }: { id: string; precondition: Precondition },
): Promise<void> {
  await changeDraft(staff, (draft) => {
    const current = currentClass(draft, id);
    requireUnchanged(precondition, current, `The service class "${id}"`);
    return { write: { collection: "service-class", id, body: null }, before: current?.item ?? null, after: null };
  });
}
