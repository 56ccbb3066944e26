import type { Said } from "@/lib/shared/said";
import { say } from "../sentences";
import type { WhiteListHead } from "../white-list-matcher";
import type { AnalysedRule } from "./analyse-rules";

/** `domain-suffix a.example`, with its white-list where that is another one. */
function nameRule({ rule, list }: AnalysedRule, from: WhiteListHead): Said | string {
  const name = `${rule.kind} ${rule.value}`;
  return from.id === list.id ? name : say("ruleOfList", { rule: name, list: list.name });
}

/** That these rules cover a rule of the list `from`. */
export function describeCover([first, second, ...rest]: readonly AnalysedRule[], from: WhiteListHead): Said {
  const one = first === undefined ? "" : nameRule(first, from);
  if (second === undefined) return say("coveredByOne", { rule: one });
  const other = nameRule(second, from);
  return rest.length === 0
    ? say("coveredByTwo", { one, other })
    : say("coveredByMore", { one, other, more: rest.length });
}
