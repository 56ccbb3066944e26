import { AppError } from "@/lib/shared/errors";
import { type IpAddress, parseAddress } from "./ip";
import { PrefixTable } from "./prefix-table";
import { ruleName } from "./rule-name";

export type PortRange = { from: number; to: number };
export type RuleInput = { kind: "host" | "domain-suffix" | "cidr"; value: string; ports: readonly PortRange[] };
export type WhiteListInput = { id: string; name: string; rules: readonly RuleInput[] };

/** The rule that lets a destination pass, and the white-list it stands in. */
export type WhiteListMatch = { whiteListId: string; whiteListName: string; rule: RuleInput };

/** A destination as rules see it: a normalised name or numeric address, and the address to be dialled once known. */
export type MatchTarget = { host: string; address: string | null; port: number };

type SuffixNode = { children: Map<string, SuffixNode> | null; matches: WhiteListMatch[] | null };

/** Mail relaying is what open proxies are abused for first; no rule opens it. */
export const smtpPort = 25;

/** True where the rule opens the port; an empty list opens every port but 25, and nothing opens 25. */
export function isPortOpen(ports: readonly PortRange[], port: number): boolean {
  if (port === smtpPort) return false;
  if (ports.length === 0) return true;
  for (const range of ports) if (port >= range.from && port <= range.to) return true;
  return false;
}

function firstOpen(matches: readonly WhiteListMatch[], port: number | null): WhiteListMatch | null {
  for (const match of matches) if (port === null || isPortOpen(match.rule.ports, port)) return match;
  return null;
}

function childOf(node: SuffixNode, label: string): SuffixNode {
  node.children ??= new Map();
  let child = node.children.get(label);
  if (child === undefined) {
    child = { children: null, matches: null };
    node.children.set(label, child);
  }
  return child;
}

/**
 * All white-lists of a policy as one structure. The most specific rule that opens the port wins: exact host, then the
 * longest domain suffix, then the longest prefix; of equals the first in the policy. Suffixes match whole labels.
 */
export class WhiteListMatcher {
  /** False where no address alone can be white-listed: then a name need not be resolved to be refused. */
  readonly hasAddressRules: boolean;
  private readonly hosts = new Map<string, WhiteListMatch[]>();
  private readonly suffixes: SuffixNode = { children: null, matches: null };
  private readonly prefixes: PrefixTable<WhiteListMatch>;

  /** Errors: AppError POLICY_BAD_CIDR, POLICY_BAD_RULE. */
  constructor(whiteLists: readonly WhiteListInput[]) {
    const prefixes: { cidr: string; value: WhiteListMatch }[] = [];
    for (const { id, name, rules } of whiteLists)
      for (const rule of rules) {
        const match = { whiteListId: id, whiteListName: name, rule };
        if (rule.ports.some(({ from, to }) => from > to))
          throw new AppError("POLICY_BAD_RULE", `a port range of "${rule.value}" in "${name}" ends before it starts.`);
        if (rule.kind === "cidr" || (rule.kind === "host" && parseAddress(rule.value) !== null))
          prefixes.push({ cidr: rule.value, value: match });
        else this.addName(rule.kind, rule.value, match);
      }
    this.prefixes = new PrefixTable(prefixes);
    this.hasAddressRules = prefixes.length > 0;
  }

  /** The rule that lets the destination pass; null where none does. */
  match(target: MatchTarget): WhiteListMatch | null {
    const named = this.matchName(target.host, target.port);
    if (named !== null) return named;
    const address = parseAddress(target.address ?? target.host);
    return address === null ? null : this.matchAddress(address, target.port);
  }

  /** Only rules about names are asked. A null port asks whether any rule names the host. */
  matchName(host: string, port: number | null): WhiteListMatch | null {
    const exact = this.hosts.get(host);
    const match = exact === undefined ? null : firstOpen(exact, port);
    return match ?? this.matchSuffix(host, port);
  }

  /** Only rules about addresses are asked. A null port asks whether any rule holds the address. */
  matchAddress(address: IpAddress, port: number | null): WhiteListMatch | null {
    return this.prefixes.findWhere(address, ({ rule }) => port === null || isPortOpen(rule.ports, port));
  }

  private matchSuffix(host: string, port: number | null): WhiteListMatch | null {
    let found: WhiteListMatch | null = null;
    let node: SuffixNode | undefined = this.suffixes;
    let end = host.length;
    while (end > 0) {
      const start = host.lastIndexOf(".", end - 1);
      node = node.children?.get(host.slice(start + 1, end));
      if (node === undefined) return found;
      if (node.matches !== null) found = firstOpen(node.matches, port) ?? found;
      end = start;
    }
    return found;
  }

  private addName(kind: "host" | "domain-suffix", value: string, match: WhiteListMatch): void {
    const name = ruleName(kind, value);
    if (kind === "host") {
      const matches = this.hosts.get(name);
      if (matches === undefined) this.hosts.set(name, [match]);
      else matches.push(match);
      return;
    }
    const node = name.split(".").reduceRight(childOf, this.suffixes);
    node.matches ??= [];
    node.matches.push(match);
  }
}
