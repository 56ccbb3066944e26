import type { WhiteListHead } from "../white-list-matcher";
import type { AnalysedRule } from "./analyse-rules";

/** `domain-suffix a.example`, with its white-list where that is another one. */
function nameRule({ rule, list }: AnalysedRule, from: WhiteListHead): string {
  const name = `${rule.kind} ${rule.value}`;
  return from.id === list.id ? name : `${name} of "${list.name}"`;
}

/** The rules that cover a rule, as the subject of a sentence, and its verb. */
export function describeCover(covers: readonly AnalysedRule[], from: WhiteListHead): string {
  const [first, second, ...rest] = covers;
  if (first === undefined) return "";
  if (second === undefined) return `${nameRule(first, from)} opens`;
  const others = rest.length === 0 ? "" : ` and ${rest.length} more`;
  return `${nameRule(first, from)}${others === "" ? " and" : ","} ${nameRule(second, from)}${others} together open`;
}
