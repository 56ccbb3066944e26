import { errorSaid } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
import type { RuleInput, WhiteListInput } from "../policy-input";
import { coversPorts, openPorts, type PortSet, portsText, unitePorts } from "../port-set";
import { PrefixTable } from "../prefix-table";
import { type RuleTarget, ruleTarget, targetKey } from "../rule-target";
import { say } from "../sentences";
import type { WhiteListHead } from "../white-list-matcher";

/** A rule that can be compiled, and what the other rules make of it. */
export type AnalysedRule = {
  readonly list: WhiteListHead;
  readonly rule: RuleInput;
  readonly target: RuleTarget;
  /** The same text for all rules of this target. */
  readonly targetKey: string;
  readonly ports: PortSet;
  /** The rules that together open everything this one opens, to everybody who has it; empty where it is needed. */
  coveredBy: readonly AnalysedRule[];
};

export type BadRule = { readonly list: WhiteListHead; readonly rule: RuleInput; readonly why: Said };

/** Rules of equal target, in the order of the policy. */
export type TargetGroup = { readonly rules: AnalysedRule[]; readonly covers: Map<string, AnalysedRule[]> };

export type RuleAnalysis = { bad: BadRule[]; rules: AnalysedRule[]; groups: TargetGroup[] };

/** Of one audience and target, more different port sets than this are not looked at as covers: nobody writes them. */
const maxCovers = 16;
const everyone = "";

function audienceOf({ list }: AnalysedRule): string {
  return list.isExtra ? list.id : everyone;
}

/** The covers that everybody who has the rule has as well. */
function coversFor(rule: AnalysedRule, group: TargetGroup): AnalysedRule[] {
  const open = group.covers.get(everyone) ?? [];
  return rule.list.isExtra ? [...open, ...(group.covers.get(rule.list.id) ?? [])] : open;
}

/** One rule of `candidates` that covers the rule, else all that help where they do so together; empty where not. */
function coverOf(rule: AnalysedRule, candidates: readonly AnalysedRule[]): readonly AnalysedRule[] {
  const whole = candidates.find(({ ports }) => coversPorts(ports, rule.ports));
  if (whole !== undefined) return [whole];
  const helping = candidates.filter(({ ports }) =>
    ports.some(({ from, to }) => rule.ports.some((range) => from <= range.to && range.from <= to)),
  );
  return helping.length > 1 && coversPorts(unitePorts(helping.map(({ ports }) => ports)), rule.ports) ? helping : [];
}

/** Of each audience the first rule of each port set. */
function collectCovers(group: TargetGroup): void {
  const seen = new Set<string>();
  for (const rule of group.rules) {
    const audience = audienceOf(rule);
    const key = `${audience} ${portsText(rule.ports)}`;
    const covers = group.covers.get(audience) ?? [];
    if (seen.has(key) || covers.length >= maxCovers) continue;
    seen.add(key);
    group.covers.set(audience, [...covers, rule]);
  }
}

/** From the last to the first, so that of equal rules the first stays. */
function coverGroup(group: TargetGroup, over: readonly TargetGroup[]): void {
  for (const rule of [...group.rules].reverse()) {
    if (rule.ports.length === 0) continue;
    const equals = coversFor(rule, group).filter((other) => other !== rule && other.coveredBy.length === 0);
    rule.coveredBy = coverOf(rule, [...equals, ...over.flatMap((wider) => coversFor(rule, wider))]);
  }
}

/** The groups of domain suffixes that hold the name, nearest first; not the suffix of that name itself. */
function suffixesOver(target: RuleTarget & { name: string }, byKey: ReadonlyMap<string, TargetGroup>): TargetGroup[] {
  const found: TargetGroup[] = [];
  const { kind, name } = target;
  let start = kind === "host" ? 0 : name.indexOf(".") + 1;
  while (kind === "host" || start > 0) {
    const group = byKey.get(`domain-suffix ${name.slice(start)}`);
    if (group !== undefined) found.push(group);
    const dot = name.indexOf(".", start);
    if (dot < 0) break;
    start = dot + 1;
  }
  return found;
}

function prefixesOver(target: RuleTarget & { kind: "cidr" }, table: PrefixTable<TargetGroup>): TargetGroup[] {
  const found: TargetGroup[] = [];
  for (let entry = table.innermost(target.cidr); entry !== null; entry = entry.parent) {
    const wider = entry.value.rules[0]?.target;
    if (wider?.kind === "cidr" && wider.cidr.prefixLength < target.cidr.prefixLength) found.push(entry.value);
  }
  return found;
}

function readRules(whiteLists: readonly WhiteListInput[]): Pick<RuleAnalysis, "bad" | "rules"> {
  const bad: BadRule[] = [];
  const rules: AnalysedRule[] = [];
  for (const { id, name, audience, rules: written } of whiteLists) {
    const list = { id, name, isExtra: audience === "extra" };
    for (const rule of written)
      try {
        const reversed = rule.ports.find(({ from, to }) => from > to);
        const target = ruleTarget(rule);
        if (reversed === undefined)
          rules.push({
            list,
            rule,
            target,
            targetKey: targetKey(target),
            ports: openPorts(rule.ports),
            coveredBy: [],
          });
        else
          bad.push({
            list,
            rule,
            why: say("portsReversed", { from: reversed.from, to: reversed.to }),
          });
      } catch (error) {
        bad.push({ list, rule, why: errorSaid(error) });
      }
  }
  return { bad, rules };
}

/**
 * Compare every rule with the more general ones and its equals. A rule is covered where taking it away would change
 * no decision: others open all its ports, for everybody who has its list. Of equal rules the first is needed.
 * Linear but for the depth of names and the nesting of prefixes.
 */
export function analyseRules(whiteLists: readonly WhiteListInput[]): RuleAnalysis {
  const { bad, rules } = readRules(whiteLists);
  const byKey = new Map<string, TargetGroup>();
  for (const rule of rules) {
    const group = byKey.get(rule.targetKey);
    if (group === undefined) byKey.set(rule.targetKey, { rules: [rule], covers: new Map() });
    else group.rules.push(rule);
  }
  const groups = [...byKey.values()];
  for (const group of groups) collectCovers(group);
  const prefixes = groups.flatMap((group) => {
    const [first] = group.rules;
    return first?.target.kind === "cidr" ? [{ cidr: first.rule.value, value: group }] : [];
  });
  const table = new PrefixTable(prefixes);
  for (const group of groups) {
    const target = group.rules[0]?.target;
    if (target?.kind === "cidr") coverGroup(group, prefixesOver(target, table));
    else if (target !== undefined) coverGroup(group, suffixesOver(target, byKey));
  }
  return { bad, rules, groups };
}
