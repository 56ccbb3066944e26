import { isSameJson } from "./is-same-json";
import type { PolicyContentInput, RuleInput, ServiceClassInput, WhiteListInput } from "./policy-input";

export type FieldChange = { field: string; before: unknown; after: unknown };
export type RuleChange = { kind: "added" | "removed"; rule: RuleInput };
export type PolicyDiffItem = {
  collection: "service-class" | "white-list" | "networks";
  id: string;
  name: string;
  kind: "added" | "changed" | "removed";
  fields: FieldChange[];
  /** At most `maxRules` of them; the counts are of all. */
  rules: RuleChange[];
  rulesAdded: number;
  rulesRemoved: number;
};

type RuleDiff = Pick<PolicyDiffItem, "rules" | "rulesAdded" | "rulesRemoved"> & { order: FieldChange | null };

const maxRules = 200;
const noRules = { rules: [], rulesAdded: 0, rulesRemoved: 0 };

/** A rule as it is written: other spellings of the same rule are changes that an operator wants to see. */
function writtenRule({ kind, value, ports }: RuleInput): string {
  return `${kind} ${value}${ports.map(({ from, to }) => ` ${from}-${to}`).join(",")}`;
}

function countTexts(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Those of `items` that `others` has no equal for, each equal taken once, and those that have one. */
function splitByOthers<Item>(
  items: readonly Item[],
  texts: readonly string[],
  others: readonly string[],
): { only: Item[]; both: string[] } {
  const left = countTexts(others);
  const only: Item[] = [];
  const both: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = texts[index] ?? "";
    const count = left.get(text) ?? 0;
    if (count === 0) only.push(item);
    else {
      left.set(text, count - 1);
      both.push(text);
    }
  }
  return { only, both };
}

function orderChange(field: string, before: readonly string[], after: readonly string[]): FieldChange | null {
  const index = before.findIndex((text, at) => text !== after[at]);
  if (index < 0) return null;
  const describe = (texts: readonly string[]): string => `${index + 1}: ${texts[index] ?? ""}`;
  return { field, before: describe(before), after: describe(after) };
}

function diffRules(before: readonly RuleInput[], after: readonly RuleInput[]): RuleDiff {
  const beforeTexts = before.map(writtenRule);
  const afterTexts = after.map(writtenRule);
  const removed = splitByOthers(before, beforeTexts, afterTexts);
  const added = splitByOthers(after, afterTexts, beforeTexts);
  const rules: RuleChange[] = [];
  for (const rule of removed.only.slice(0, maxRules)) rules.push({ kind: "removed", rule });
  for (const rule of added.only.slice(0, maxRules - rules.length)) rules.push({ kind: "added", rule });
  return {
    rules,
    rulesAdded: added.only.length,
    rulesRemoved: removed.only.length,
    order: orderChange("order of rules", removed.both, added.both),
  };
}

function diffFields(before: object | null, after: object | null): FieldChange[] {
  const left = new Map<string, unknown>(Object.entries(before ?? {}));
  const right = new Map<string, unknown>(Object.entries(after ?? {}));
  const fields = [...new Set([...left.keys(), ...right.keys()])].filter((field) => field !== "id");
  return fields
    .map((field) => ({ field, before: left.get(field) ?? null, after: right.get(field) ?? null }))
    .filter((change) => !isSameJson(change.before, change.after));
}

function kindOf(before: unknown, after: unknown): PolicyDiffItem["kind"] {
  return before === null ? "added" : after === null ? "removed" : "changed";
}

type Pair<Item> = { before: Item | null; after: Item | null; move: FieldChange | null };

/** Items of both sides by id: those of `after` in its order, then the removed ones. */
function pairById<Item extends { id: string }>(
  before: readonly Item[],
  after: readonly Item[],
): Map<string, Pair<Item>> {
  const pairs = new Map<string, Pair<Item>>();
  for (const item of after) pairs.set(item.id, { before: null, after: item, move: null });
  for (const item of before) {
    const pair = pairs.get(item.id);
    if (pair === undefined) pairs.set(item.id, { before: item, after: null, move: null });
    else pair.before = item;
  }
  const kept = [...pairs.values()].filter((pair) => pair.before !== null && pair.after !== null);
  const isKept = new Set(kept.map(({ after: item }) => item?.id));
  const places = new Map(before.filter(({ id }) => isKept.has(id)).map(({ id }, index) => [id, index + 1]));
  for (const [index, pair] of kept.entries()) {
    const place = places.get(pair.after?.id ?? "");
    if (place !== index + 1) pair.move = { field: "position", before: place, after: index + 1 };
  }
  return pairs;
}

function diffClasses(before: readonly ServiceClassInput[], after: readonly ServiceClassInput[]): PolicyDiffItem[] {
  return [...pairById(before, after)].map(([id, pair]) => ({
    collection: "service-class" as const,
    id,
    name: (pair.after ?? pair.before)?.name ?? id,
    kind: kindOf(pair.before, pair.after),
    fields: [...diffFields(pair.before, pair.after), ...(pair.move === null ? [] : [pair.move])],
    ...noRules,
  }));
}

function headOf(list: WhiteListInput | null): object | null {
  return list === null ? null : { name: list.name, audience: list.audience ?? "everyone" };
}

function diffWhiteLists(before: readonly WhiteListInput[], after: readonly WhiteListInput[]): PolicyDiffItem[] {
  return [...pairById(before, after)].map(([id, pair]) => {
    const { order, ...rules } = diffRules(pair.before?.rules ?? [], pair.after?.rules ?? []);
    const moves = [pair.move, order].filter((change) => change !== null);
    return {
      collection: "white-list" as const,
      id,
      name: (pair.after ?? pair.before)?.name ?? id,
      kind: kindOf(pair.before, pair.after),
      fields: [...diffFields(headOf(pair.before), headOf(pair.after)), ...moves],
      ...rules,
    };
  });
}

/** Changes of entries that are keyed by a text, in the order of `after`, then the removed ones. */
function diffKeyed(
  field: string,
  before: readonly (readonly [key: string, value: unknown])[],
  after: readonly (readonly [key: string, value: unknown])[],
): FieldChange[] {
  const left = new Map(before);
  const right = new Map(after);
  const changes = [...new Set([...right.keys(), ...left.keys()])]
    .map((key) => ({ field: `${field} ${key}`, before: left.get(key) ?? null, after: right.get(key) ?? null }))
    .filter((change) => !isSameJson(change.before, change.after));
  const keysOf = (entries: typeof before, others: Map<string, unknown>): string[] =>
    entries.map(([key]) => key).filter((key) => others.has(key));
  const order = orderChange(`order of ${field}s`, keysOf(before, right), keysOf(after, left));
  return order === null ? changes : [...changes, order];
}

function diffNetworks(before: PolicyContentInput, after: PolicyContentInput): PolicyDiffItem[] {
  const networks = ({ accessNetworks }: PolicyContentInput) =>
    accessNetworks.map(({ cidr, access, name }) => [cidr, { access, name }] as const);
  const ranges = ({ allowedPrivateRanges }: PolicyContentInput) =>
    allowedPrivateRanges.map((cidr) => [cidr, true] as const);
  const fields = [
    ...diffKeyed("access network", networks(before), networks(after)),
    ...diffKeyed("allowed private range", ranges(before), ranges(after)),
  ];
  return [{ collection: "networks", id: "networks", name: "Access networks", kind: "changed", fields, ...noRules }];
}

/**
 * What differs between two policies, item by item: classes, white-lists, networks, each in the order of `after`, removed
 * ones last. Rules are compared as written. Linear in the size of both.
 */
export function diffPolicies(before: PolicyContentInput, after: PolicyContentInput): PolicyDiffItem[] {
  return [
    ...diffClasses(before.serviceClasses, after.serviceClasses),
    ...diffWhiteLists(before.whiteLists, after.whiteLists),
    ...diffNetworks(before, after),
  ].filter((item) => item.kind !== "changed" || item.fields.length > 0 || item.rulesAdded > 0 || item.rulesRemoved > 0);
}
