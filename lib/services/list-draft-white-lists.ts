import type { WhiteList } from "@/lib/contracts/policy";
import type { DraftWhiteList, WhiteListHead } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { analyseDraft, countListUsers } from "./draft-findings";
import { type PolicyDraft, readDraft, whiteListEtag } from "./policy-draft";

type Hits = { hits: number; lastMatchAt: string | null };

export function headOf({ rules: _rules, ...head }: WhiteList): WhiteListHead {
  return head;
}

async function sumHits(): Promise<Map<string, Hits>> {
  const rows = await getDatabase().ruleHits.groupBy({
    by: ["whiteListId"],
    _sum: { hits: true },
    _max: { lastAt: true },
  });
  return new Map(
    rows.map(({ whiteListId, _sum, _max }) => [
      whiteListId,
      { hits: Number(_sum.hits ?? 0n), lastMatchAt: _max.lastAt?.toISOString() ?? null },
    ]),
  );
}

/** White-lists of a draft without their rules, removed ones last, each as pages show it. */
export async function describeDraftWhiteLists(
  draft: PolicyDraft,
  isWanted: (list: WhiteList) => boolean = () => true,
): Promise<DraftWhiteList[]> {
  const { base, content, changes } = draft;
  const kept = new Set(content.whiteLists.map(({ id }) => id));
  const lists = [...content.whiteLists, ...base.whiteLists.filter(({ id }) => !kept.has(id))].filter(isWanted);
  const extraIds = lists.filter(({ audience }) => audience === "extra").map(({ id }) => id);
  const [hits, users] = await Promise.all([sumHits(), countListUsers(getDatabase(), extraIds)]);
  const findings = new Map<string, number>();
  for (const { collection, id } of analyseDraft(draft).findings)
    if (collection === "white-list") findings.set(id, (findings.get(id) ?? 0) + 1);
  return lists.map((list) => ({
    item: headOf(list),
    etag: whiteListEtag(list),
    change: changes.find(({ collection, id }) => collection === "white-list" && id === list.id)?.kind ?? null,
    ruleCount: list.rules.length,
    ...(hits.get(list.id) ?? { hits: 0, lastMatchAt: null }),
    subscribers: users.get(list.id) ?? null,
    findings: findings.get(list.id) ?? 0,
  }));
}

/** The draft's white-lists without their rules, removed ones last. */
export async function listDraftWhiteLists(): Promise<{ items: DraftWhiteList[] }> {
  return { items: await describeDraftWhiteLists(await readDraft()) };
}
