import type { ServiceClass } from "@/lib/contracts/policy";
import type { DraftServiceClass } from "@/lib/contracts/policy-admin";
import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { describeDraftClasses } from "./list-draft-classes";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import type { PolicyDraft } from "./policy-draft";

export function currentClass(draft: PolicyDraft, id: string): { etag: string; item: ServiceClass } | null {
  const item = draft.content.serviceClasses.find((serviceClass) => serviceClass.id === id);
  return item === undefined ? null : { etag: etagOf(item), item };
}

/**
 * Make or change a service class of the draft.
 * Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED, NOT_FOUND.
 */
export async function saveDraftClass(
  staff: StaffActor,
  input: { item: ServiceClass; precondition: Precondition },
): Promise<DraftServiceClass> {
  const { item, precondition } = input;
  const { id } = item;
  const draft = await changeDraft(staff, (before) => {
    const current = currentClass(before, id);
    requireUnchanged(precondition, current, `The service class "${id}"`);
    if (current?.etag === etagOf(item)) return null;
    return {
      write: { collection: "service-class", id, body: item },
      before: current?.item ?? null,
      after: item,
    };
  });
  const [saved] = await describeDraftClasses(draft, (shown) => shown.id === id);
  if (saved === undefined) throw new Error(`the service class ${id} was saved and is not there`);
  return saved;
}
