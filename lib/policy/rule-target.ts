import { type Cidr, parseAddress, parseCidr } from "./ip";
import type { RuleInput } from "./policy-input";
import { openPorts, portsText } from "./port-set";
import { ruleName } from "./rule-name";

/** What a rule is about, in the form that destinations are compared in; a numeric host is the range of itself alone. */
export type RuleTarget = { kind: "host" | "domain-suffix"; name: string } | { kind: "cidr"; cidr: Cidr };

/** Errors: AppError POLICY_BAD_RULE, POLICY_BAD_CIDR. */
export function ruleTarget({ kind, value }: Pick<RuleInput, "kind" | "value">): RuleTarget {
  return kind === "cidr" || (kind === "host" && parseAddress(value) !== null)
    ? { kind: "cidr", cidr: parseCidr(value) }
    : { kind, name: ruleName(kind, value) };
}

/** One text per range of addresses, whatever its spelling. */
export function cidrKey({ words, prefixLength }: Cidr): string {
  return `${words.map((word) => word.toString(16).padStart(8, "0")).join("")}/${prefixLength}`;
}

/** One text per target, whatever its spelling. */
export function targetKey(target: RuleTarget): string {
  return `${target.kind} ${target.kind === "cidr" ? cidrKey(target.cidr) : target.name}`;
}

function rawKey({ kind, value }: RuleInput): string {
  return `${kind} ${value}`;
}

/**
 * What a rule does, as one text: rules of one key are the same rule, however names, addresses and ports are written.
 * A rule that no policy could have keeps its value as written.
 */
export function ruleKey(rule: RuleInput): string {
  let key: string;
  try {
    key = targetKey(ruleTarget(rule));
  } catch {
    key = rawKey(rule);
  }
  return `${key} ${portsText(openPorts(rule.ports))}`;
}
