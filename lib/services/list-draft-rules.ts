import type { WhiteListRule } from "@/lib/contracts/policy";
import type { DraftRule, RuleList } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { ruleKey } from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { analyseDraft } from "./draft-findings";
import { type PolicyDraft, readDraft, whiteListEtag } from "./policy-draft";
import { currentList } from "./save-draft-white-list";
import { writtenRule, writtenRules } from "./written-rule";

export type RuleListQuery = {
  id: string;
  search?: string | undefined;
  kind?: WhiteListRule["kind"] | undefined;
  cursor?: string | undefined;
  limit: number;
};

const tagOf = (rule: WhiteListRule): string => sha256Hex(writtenRule(rule)).slice(0, 12);

/** Where the page after this rule begins: its place, or where it went to when the list changed meanwhile. */
function startOf(rules: readonly WhiteListRule[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [, place, tag] = /^(\d{1,7})\.([0-9a-f]{12})$/.exec(cursor) ?? [];
  if (place === undefined)
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  const index = Number(place);
  const there = rules[index];
  if (there !== undefined && tagOf(there) === tag) return index + 1;
  const moved = rules.findIndex((rule) => tagOf(rule) === tag);
  return moved < 0 ? Math.min(index, rules.length) : moved + 1;
}

async function readHits(
  whiteListId: string,
  rules: readonly WhiteListRule[],
): Promise<(rule: WhiteListRule) => Pick<DraftRule, "hits" | "lastMatchAt">> {
  const values = [...new Set(rules.map(({ value }) => value))];
  const rows = await getDatabase().ruleHits.findMany({ where: { whiteListId, value: { in: values } } });
  const found = new Map(rows.map((row) => [`${row.kind} ${row.value}`, row]));
  return ({ kind, value }) => {
    const row = found.get(`${kind} ${value}`);
    return { hits: Number(row?.hits ?? 0n), lastMatchAt: row?.lastAt.toISOString() ?? null };
  };
}

function isNewIn(draft: PolicyDraft, id: string): (rule: WhiteListRule) => boolean {
  const before = draft.base.whiteLists.find((list) => list.id === id);
  const after = draft.content.whiteLists.find((list) => list.id === id);
  if (before === after) return () => false;
  if (before === undefined) return () => true;
  const known = writtenRules(before);
  return (rule) => !known.has(writtenRule(rule));
}

/** A page of a list's rules, in the list's order. Errors: AppError NOT_FOUND, REQUEST_BAD_CURSOR. */
export async function listDraftRules(query: RuleListQuery): Promise<RuleList> {
  const { id, kind, cursor, limit } = query;
  const draft = await readDraft();
  const list = currentList(draft, id)?.list ?? draft.base.whiteLists.find((known) => known.id === id);
  if (list === undefined) throw new AppError("NOT_FOUND", `The white-list "${id}" does not exist (any more).`);
  const search = query.search?.trim().toLowerCase() ?? "";
  const fits = (rule: WhiteListRule): boolean =>
    (kind === undefined || rule.kind === kind) && (search === "" || rule.value.toLowerCase().includes(search));
  const rules = kind === undefined && search === "" ? list.rules : list.rules.filter(fits);
  const start = startOf(rules, cursor);
  const page = rules.slice(start, start + limit);
  const last = page.at(-1);
  const hitsOf = await readHits(id, page);
  const isNew = isNewIn(draft, id);
  const shadowed = analyseDraft(draft).shadowed.get(id);
  return {
    etag: whiteListEtag(list),
    items: page.map((rule) => {
      const cover = shadowed?.get(ruleKey(rule));
      return {
        rule,
        change: isNew(rule) ? "added" : null,
        ...hitsOf(rule),
        shadowedBy: cover?.text ?? null,
        shadowedByTold: cover?.told ?? null,
      };
    }),
    total: rules.length,
    nextCursor: last !== undefined && start + limit < rules.length ? `${start + page.length - 1}.${tagOf(last)}` : null,
  };
}
