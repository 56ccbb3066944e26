import type { RuleInput } from "../policy-input";

export type PolicyFinding = {
  /** An error stops a publish. */
  severity: "error" | "warning";
  code:
    | "shadowed"
    | "duplicate"
    | "empty"
    | "overlapping"
    | "unreachable"
    | "bad-rule"
    | "bad-network"
    | "missing-class"
    | "bad-class";
  collection: "service-class" | "white-list" | "networks";
  id: string;
  rule: RuleInput | null;
  /** What is wrong, and what to do. */
  message: string;
};

export type Repeat = Pick<PolicyFinding, "id" | "severity" | "message">;

/** Ids and names that stand twice among the items of a collection; each later one is named once. */
export function findRepeats(items: readonly { id: string; name: string }[]): Repeat[] {
  const ids = new Set<string>();
  const names = new Set<string>();
  const repeats: Repeat[] = [];
  for (const { id, name } of items) {
    const sameName = name.toLowerCase();
    if (ids.has(id))
      repeats.push({
        id,
        severity: "error",
        message: `The id "${id}" is used twice. Give one of the two another id.`,
      });
    else if (names.has(sameName))
      repeats.push({
        id,
        severity: "warning",
        message: `The name "${name}" is used twice. Rename one of the two, so that people can tell them apart.`,
      });
    ids.add(id);
    names.add(sameName);
  }
  return repeats;
}
