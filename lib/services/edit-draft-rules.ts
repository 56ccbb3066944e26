import type { WhiteListRule } from "@/lib/contracts/policy";
import type { EditRules, EditRulesReply } from "@/lib/contracts/policy-admin";
import { AppError } from "@/lib/shared/errors";
import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { LostUpdate } from "./lost-update";
import { whiteListEtag } from "./policy-draft";
import { currentList, shown } from "./save-draft-white-list";
import { writtenRule, writtenRules } from "./written-rule";

/** So many of the rules added or removed at once are named in the audit log; the counts are of all. */
const auditedRules = 100;

/** Blanks around a value, and capitals of a name, mean nothing. */
function tidyRule(rule: WhiteListRule): WhiteListRule {
  return { ...rule, value: rule.value.trim().toLowerCase() };
}

/** Rules that are not in `known`, each once. */
function newOnes(rules: readonly WhiteListRule[], known: ReadonlySet<string>): WhiteListRule[] {
  const fresh = new Map<string, WhiteListRule>();
  for (const rule of rules) {
    const key = writtenRule(rule);
    if (!known.has(key) && !fresh.has(key)) fresh.set(key, rule);
  }
  return [...fresh.values()];
}

/**
 * Add rules at a list's end and remove others, all or nothing, in the list as it is now.
 * Errors: AppError AUTH_FORBIDDEN, NOT_FOUND; LostUpdate where a rule to remove is not there any more.
 */
export async function editDraftRules(
  staff: StaffActor,
  { id, edit }: { id: string; edit: EditRules },
): Promise<EditRulesReply> {
  let reply = { added: 0, removed: 0, alreadyThere: 0 };
  const draft = await changeDraft(staff, (before) => {
    const current = currentList(before, id);
    if (current === null) throw new AppError("NOT_FOUND", `The white-list "${id}" does not exist (any more).`);
    const { list } = current;
    const gone = new Set(edit.remove.map(writtenRule));
    const known = writtenRules(list);
    for (const rule of edit.remove)
      if (!known.has(writtenRule(rule)))
        throw new LostUpdate(
          `The rule ${rule.kind} ${rule.value} is not in "${list.name}" any more. Look at the list and remove again.`,
          shown(current) ?? { etag: current.etag, item: current.item },
        );
    const left = gone.size === 0 ? list.rules : list.rules.filter((rule) => !gone.has(writtenRule(rule)));
    const stays = gone.size === 0 ? known : new Set(left.map(writtenRule));
    const added = newOnes(edit.add.map(tidyRule), stays);
    const removed = list.rules.length - left.length;
    reply = { added: added.length, removed, alreadyThere: edit.add.length - added.length };
    if (added.length === 0 && removed === 0) return null;
    const rules = [...left, ...added];
    return {
      write: { collection: "white-list", id, body: { ...list, rules } },
      before: { rules: list.rules.length, removed, removedRules: edit.remove.slice(0, auditedRules) },
      after: { rules: rules.length, added: added.length, addedRules: added.slice(0, auditedRules) },
    };
  });
  const list = draft.content.whiteLists.find((known) => known.id === id);
  if (list === undefined) throw new Error(`the white-list ${id} was saved and is not there`);
  return { etag: whiteListEtag(list), ...reply };
}
