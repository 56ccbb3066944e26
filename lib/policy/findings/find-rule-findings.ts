import type { Said } from "@/lib/shared/said";
import { type Cidr, parseCidr } from "../ip";
import type { PolicyContentInput } from "../policy-input";
import { commonPorts, portsText, saidPorts } from "../port-set";
import { PrefixTable } from "../prefix-table";
import { say } from "../sentences";
import { isWhollyRefused } from "../special-ranges";
import type { AnalysedRule, RuleAnalysis, TargetGroup } from "./analyse-rules";
import { describeCover } from "./describe-cover";
import { findRepeats, type PolicyFinding, sentenceOf } from "./finding";

function isReadable(cidr: string): boolean {
  try {
    parseCidr(cidr);
    return true;
  } catch {
    return false;
  }
}

/** Why no connection can ever fall under the rule; null where one may. */
function unreachable({ target, ports, rule }: AnalysedRule, allowed: PrefixTable<true>): Said | null {
  if (ports.length === 0) return say("opensOnlySmtp");
  const isRefused = (cidr: Cidr): boolean => isWhollyRefused(cidr) && allowed.isEvery(cidr, (value) => value === null);
  return target.kind === "cidr" && isRefused(target.cidr) ? say("liesInRefusedRange", { value: rule.value }) : null;
}

function isSameRule(left: AnalysedRule, right: AnalysedRule): boolean {
  return left.targetKey === right.targetKey && portsText(left.ports) === portsText(right.ports);
}

/** True where the rule only repeats an earlier one of its own list. */
function isDuplicate(rule: AnalysedRule): boolean {
  return rule.coveredBy.some((cover) => cover.list.id === rule.list.id && isSameRule(cover, rule));
}

/** What a covered rule is, in one sentence. */
export function coverSentence(rule: AnalysedRule): Said {
  return isDuplicate(rule) ? say("sameRuleAlready") : describeCover(rule.coveredBy, rule.list);
}

function coverFinding(rule: AnalysedRule): Pick<PolicyFinding, "code" | "message" | "told"> {
  const what = coverSentence(rule);
  if (isDuplicate(rule)) return { code: "duplicate", ...sentenceOf(say("removeOne", { what })) };
  const isOneList = rule.coveredBy.every(({ list }) => list.id === rule.list.id);
  return { code: "shadowed", ...sentenceOf(say(isOneList ? "removeIt" : "removeItUnlessCounted", { what })) };
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

function describeOverlap({ rule, earlier, count }: Overlap): Said {
  const { name: list, isExtra } = earlier.list;
  const ports = saidPorts(commonPorts(rule.ports, earlier.ports));
  const named = { rule: `${rule.rule.kind} ${rule.rule.value}`, ports, list };
  if (count === 1) return say(isExtra ? "overlappingExtra" : "overlapping", named);
  return say(isExtra ? "overlappingMoreExtra" : "overlappingMore", { ...named, more: count - 1 });
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
    ...sentenceOf(why),
  }));
  for (const repeat of findRepeats(content.whiteLists))
    findings.push({ ...repeat, code: "duplicate", collection, rule: null });
  for (const { id, name, rules: written } of content.whiteLists)
    if (written.length === 0)
      findings.push({
        ...warning,
        code: "empty",
        id,
        rule: null,
        ...sentenceOf(say("listEmpty", { list: name })),
      });
  for (const rule of rules) {
    const place = { ...warning, id: rule.list.id, rule: rule.rule };
    const why = unreachable(rule, allowed);
    if (why !== null) findings.push({ ...place, code: "unreachable", ...sentenceOf(why) });
    else if (rule.coveredBy.length > 0) findings.push({ ...place, ...coverFinding(rule) });
  }
  for (const overlap of findOverlaps(groups))
    findings.push({
      ...warning,
      code: "overlapping",
      id: overlap.rule.list.id,
      rule: overlap.rule.rule,
      ...sentenceOf(describeOverlap(overlap)),
    });
  return findings;
}
