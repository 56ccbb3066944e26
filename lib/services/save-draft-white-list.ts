import type { WhiteList } from "@/lib/contracts/policy";
import type { DraftWhiteList, WhiteListHead } from "@/lib/contracts/policy-admin";
import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { describeDraftWhiteLists, headOf } from "./list-draft-white-lists";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import { type PolicyDraft, whiteListEtag } from "./policy-draft";

/** The draft's list of this id as conflicts show it, and whole; null where there is none. */
export function currentList(
  draft: PolicyDraft,
  id: string,
): { etag: string; item: WhiteListHead; list: WhiteList } | null {
  const list = draft.content.whiteLists.find((known) => known.id === id);
  return list === undefined ? null : { etag: whiteListEtag(list), item: headOf(list), list };
}

/** What a conflict tells of a list. */
export function shown(current: ReturnType<typeof currentList>): { etag: string; item: WhiteListHead } | null {
  return current === null ? null : { etag: current.etag, item: current.item };
}

/**
 * Make a white-list of the draft, without rules, or change its name and audience; its rules stay.
 * Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED, NOT_FOUND.
 */
export async function saveDraftWhiteList(
  staff: StaffActor,
  input: { item: WhiteListHead; precondition: Precondition },
): Promise<DraftWhiteList> {
  const { item, precondition } = input;
  const { id } = item;
  const draft = await changeDraft(staff, (before) => {
    const current = currentList(before, id);
    requireUnchanged(precondition, shown(current), `The white-list "${id}"`);
    if (current !== null && etagOf(current.item) === etagOf(item)) return null;
    return {
      write: { collection: "white-list", id, body: { ...item, rules: current?.list.rules ?? [] } },
      before: current?.item ?? null,
      after: item,
    };
  });
  const [saved] = await describeDraftWhiteLists(draft, (list) => list.id === id);
  if (saved === undefined) throw new Error(`the white-list ${id} was saved and is not there`);
  return saved;
}
