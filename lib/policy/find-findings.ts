import type { Said } from "@/lib/shared/said";
import { analyseRules, type RuleAnalysis } from "./findings/analyse-rules";
import { findClassFindings } from "./findings/find-class-findings";
import { findNetworkFindings } from "./findings/find-network-findings";
import { coverSentence, findRuleFindings } from "./findings/find-rule-findings";
import type { PolicyFinding } from "./findings/finding";
import type { PolicyContentInput } from "./policy-input";
import { portsText } from "./port-set";

/**
 * What is wrong with a policy, errors first: rules that do nothing (shadowed, duplicate, unreachable), lists that are
 * empty or overlap, and what no node could use. Takes time in proportion to the policy; all findings, uncapped.
 *
 * @param analysis of `content.whiteLists`, where the caller has it already
 */
export function findFindings(
  content: PolicyContentInput,
  analysis: RuleAnalysis = analyseRules(content.whiteLists),
): PolicyFinding[] {
  const findings = [
    ...findClassFindings(content.serviceClasses),
    ...findRuleFindings(content, analysis),
    ...findNetworkFindings(content),
  ];
  const isError = ({ severity }: PolicyFinding): boolean => severity === "error";
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}

/**
 * For the table of rules: by white-list id and `ruleKey`, the sentence that names what makes a rule useless. Rules that
 * are needed are not in it.
 */
export function shadowedBy(analysis: RuleAnalysis): ReadonlyMap<string, ReadonlyMap<string, Said>> {
  const lists = new Map<string, Map<string, Said>>();
  for (const rule of analysis.rules) {
    if (rule.coveredBy.length === 0) continue;
    const list = lists.get(rule.list.id) ?? new Map<string, Said>();
    list.set(`${rule.targetKey} ${portsText(rule.ports)}`, coverSentence(rule));
    lists.set(rule.list.id, list);
  }
  return lists;
}
