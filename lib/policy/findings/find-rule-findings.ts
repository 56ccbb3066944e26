import { type Cidr, parseCidr } from "../ip";
import type { PolicyContentInput } from "../policy-input";
import { commonPorts, portsText } from "../port-set";
import { PrefixTable } from "../prefix-table";
import { isWhollyRefused } from "../special-ranges";
import type { AnalysedRule, RuleAnalysis, TargetGroup } from "./analyse-rules";
import { describeCover } from "./describe-cover";
import { findRepeats, type PolicyFinding } from "./finding";

function isReadable(cidr: string): boolean {
  try {
    parseCidr(cidr);
    return true;
  } catch {
    return false;
  }
}

/** Why no connection can ever fall under the rule; null where one may. */
function unreachable({ target, ports, rule }: AnalysedRule, allowed: PrefixTable<true>): string | null {
  if (ports.length === 0)
    return "It opens only port 25 (SMTP), which is never relayed. Give it other ports, or remove it.";
  const isRefused = (cidr: Cidr): boolean => isWhollyRefused(cidr) && allowed.isEvery(cidr, (value) => value === null);
  return target.kind === "cidr" && isRefused(target.cidr)
    ? `${rule.value} lies in a range that is refused by default, and no allowed private range opens it. Allow the range, or remove the rule.`
    : null;
}

function isSameRule(left: AnalysedRule, right: AnalysedRule): boolean {
  return left.targetKey === right.targetKey && portsText(left.ports) === portsText(right.ports);
}

/** True where the rule only repeats an earlier one of its own list. */
function isDuplicate(rule: AnalysedRule): boolean {
  return rule.coveredBy.some((cover) => cover.list.id === rule.list.id && isSameRule(cover, rule));
}

/** What a covered rule is, in one sentence. */
export function coverSentence(rule: AnalysedRule): string {
  if (isDuplicate(rule)) return "The same rule stands in this list already.";
  return `${describeCover(rule.coveredBy, rule.list)} everything that this rule opens.`;
}

function coverFinding(rule: AnalysedRule): Pick<PolicyFinding, "code" | "message"> {
  const sentence = coverSentence(rule);
  if (isDuplicate(rule)) return { code: "duplicate", message: `${sentence} Remove one of them.` };
  const isOneList = rule.coveredBy.every(({ list }) => list.id === rule.list.id);
  const advice = isOneList ? "Remove it." : "Remove it, unless its hits are to be counted apart.";
  return { code: "shadowed", message: `${sentence} ${advice}` };
}

type Overlap = { rule: AnalysedRule; earlier: AnalysedRule; count: number };

/** Needed rules about a destination that an earlier list names as well, one entry a pair of lists. */
function findOverlaps(groups: readonly TargetGroup[]): Overlap[] {
  const overlaps = new Map<string, Overlap>();
  for (const { rules } of groups) {
    if (rules.length < 2) continue;
    const firsts = new Map<string, AnalysedRule>();
    for (const rule of rules.filter(({ coveredBy }) => coveredBy.length === 0)) {
      const earlier = [...firsts.values()].find(
        ({ list, ports }) => list.id !== rule.list.id && commonPorts(ports, rule.ports).length > 0,
      );
      if (firsts.size < 16 && !firsts.has(rule.list.id)) firsts.set(rule.list.id, rule);
      if (earlier === undefined) continue;
      const key = `${earlier.list.id}\n${rule.list.id}`;
      const known = overlaps.get(key);
      if (known === undefined) overlaps.set(key, { rule, earlier, count: 1 });
      else known.count += 1;
    }
  }
  return [...overlaps.values()];
}

function describeOverlap({ rule, earlier, count }: Overlap): string {
  const { name, isExtra } = earlier.list;
  const ports = portsText(commonPorts(rule.ports, earlier.ports));
  const what = `${rule.rule.kind} ${rule.rule.value} (${ports})`;
  const others = count === 1 ? " is" : ` and ${count - 1} more are`;
  const who = isExtra ? " for subscribers who have it" : "";
  return `${what}${others} also in "${name}", which stands first: "${name}" gets the hits${who}. Keep each destination in one list.`;
}

/** What is wrong with the white-lists of a policy: see `findFindings`. */
export function findRuleFindings(
  content: Pick<PolicyContentInput, "whiteLists" | "allowedPrivateRanges">,
  { bad, rules, groups }: RuleAnalysis,
): PolicyFinding[] {
  const collection = "white-list" as const;
  const warning = { severity: "warning" as const, collection };
  const allowed = new PrefixTable(
    content.allowedPrivateRanges.filter(isReadable).map((cidr) => ({ cidr, value: true as const })),
  );
  const findings: PolicyFinding[] = bad.map(({ list, rule, why }) => ({
    severity: "error",
    code: "bad-rule",
    collection,
    id: list.id,
    rule,
    message: why,
  }));
  for (const { id, severity, message } of findRepeats(content.whiteLists))
    findings.push({ severity, code: "duplicate", collection, id, rule: null, message });
  for (const { id, name, rules: written } of content.whiteLists)
    if (written.length === 0)
      findings.push({
        ...warning,
        code: "empty",
        id,
        rule: null,
        message: `"${name}" has no rules and lets nothing pass. Add rules, or remove the list.`,
      });
  for (const rule of rules) {
    const place = { ...warning, id: rule.list.id, rule: rule.rule };
    const why = unreachable(rule, allowed);
    if (why !== null) findings.push({ ...place, code: "unreachable", message: why });
    else if (rule.coveredBy.length > 0) findings.push({ ...place, ...coverFinding(rule) });
  }
  for (const overlap of findOverlaps(groups))
    findings.push({
      ...warning,
      code: "overlapping",
      id: overlap.rule.list.id,
      rule: overlap.rule.rule,
      message: describeOverlap(overlap),
    });
  return findings;
}
