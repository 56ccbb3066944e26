import type { Said, Told } from "@/lib/shared/said";
import type { RuleInput } from "../policy-input";
import { say } from "../sentences";

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
  /** The same, for another language. */
  told: Told;
};

/** The two forms that a finding has its sentence in. */
export function sentenceOf({ text, told }: Said): Pick<PolicyFinding, "message" | "told"> {
  return { message: text, told };
}

export type Repeat = Pick<PolicyFinding, "id" | "severity" | "message" | "told">;

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
        ...sentenceOf(say("idUsedTwice", { id })),
      });
    else if (names.has(sameName))
      repeats.push({
        id,
        severity: "warning",
        ...sentenceOf(say("nameUsedTwice", { name })),
      });
    ids.add(id);
    names.add(sameName);
  }
  return repeats;
}
