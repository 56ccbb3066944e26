import type { WhiteList } from "@/lib/contracts/policy";
import type { DraftCollection, Finding } from "@/lib/contracts/policy-admin";
import { say } from "@/lib/contracts/sentences";
import { type Database, getDatabase, type Transaction } from "@/lib/db/client";
import { analyseRules, findFindings, type RuleAnalysis, shadowedBy } from "@/lib/policy";
import type { PolicyDraft } from "./policy-draft";

type Analysed = {
  findings: Finding[];
  /** By white-list and rule key, why the rule is useless. */
  shadowed: ReturnType<typeof shadowedBy>;
};

const kept = new WeakMap<PolicyDraft, Analysed>();
/** By the first list, for a draft that changes other things than rules: most of the time goes into comparing rules. */
const keptRules = new WeakMap<WhiteList, { lists: readonly WhiteList[]; analysis: RuleAnalysis }>();

function analyse(lists: readonly WhiteList[]): RuleAnalysis {
  const [first] = lists;
  const known = first === undefined ? undefined : keptRules.get(first);
  if (known?.lists.length === lists.length && lists.every((list, index) => known.lists[index] === list))
    return known.analysis;
  const analysis = analyseRules(lists);
  if (first !== undefined) keptRules.set(first, { lists, analysis });
  return analysis;
}

/** What the draft's contents alone tell; worked out once a draft, for it takes time with 100,000 rules. */
export function analyseDraft(draft: PolicyDraft): Analysed {
  const known = kept.get(draft);
  if (known !== undefined) return known;
  const analysis = analyse(draft.content.whiteLists);
  const analysed = { findings: findFindings(draft.content, analysis), shadowed: shadowedBy(analysis) };
  kept.set(draft, analysed);
  return analysed;
}

async function countClassUsers(database: Database | Transaction, id: string): Promise<number> {
  return database.subscriber.count({ where: { serviceClassId: id } });
}

/** Subscribers that have each of the extra white-lists. */
export async function countListUsers(
  database: Database | Transaction,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const counts = await Promise.all(
    ids.map((id) => database.subscriber.count({ where: { extraWhiteListIds: { has: id } } })),
  );
  return new Map(ids.map((id, index) => [id, counts[index] ?? 0]));
}

export type RemovedItem = { collection: DraftCollection; id: string; name: string };

/** Classes and extra lists that subscribers have, of those that are removed. */
export async function findRemovedInUse(
  removed: readonly RemovedItem[],
  database: Database | Transaction,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const common = { severity: "error" as const, rule: null };
  for (const { id, name } of removed.filter(({ collection }) => collection === "service-class")) {
    const count = await countClassUsers(database, id);
    const { text: message, told } = say("classInUse", { subscribers: count, name });
    if (count > 0) findings.push({ ...common, code: "class-in-use", collection: "service-class", id, message, told });
  }
  const lists = removed.filter(({ collection }) => collection === "white-list");
  const users = await countListUsers(
    database,
    lists.map(({ id }) => id),
  );
  for (const { id, name } of lists) {
    const count = users.get(id) ?? 0;
    const { text: message, told } = say("listInUse", { subscribers: count, name });
    if (count > 0) findings.push({ ...common, code: "list-in-use", collection: "white-list", id, message, told });
  }
  return findings;
}

/** Everything that is wrong with the draft, errors first. */
export async function findDraftFindings(
  draft: PolicyDraft,
  database: Database | Transaction = getDatabase(),
): Promise<Finding[]> {
  const findings = analyseDraft(draft).findings;
  const removed = draft.changes.filter(({ kind }) => kind === "removed");
  if (draft.content.serviceClasses.length > 0) return [...(await findRemovedInUse(removed, database)), ...findings];
  const { text: message, told } = say("noClassLeft");
  const collection = "service-class" as const;
  return [{ severity: "error", code: "missing-class", collection, id: "", rule: null, message, told }, ...findings];
}
