import { AppError } from "@/lib/shared/errors";
import { type IpAddress, parseAddress } from "./ip";
import { NameTable } from "./name-table";
import type { PortRange, RuleInput, WhiteListInput } from "./policy-input";
import { PrefixTable } from "./prefix-table";
import { ruleName } from "./rule-name";

export type WhiteListHead = { readonly id: string; readonly name: string; readonly isExtra: boolean };

/** The rule that lets a destination pass, and the white-list it stands in. */
export type WhiteListMatch = { readonly list: WhiteListHead; readonly rule: RuleInput };

/** A destination as rules see it: a normalised name or numeric address, and the address to be dialled once known. */
export type MatchTarget = { host: string; address: string | null; port: number };

/**
 * What decisions read of a rule, side by side, so that asking many rules reads little memory: its normalised name or its
 * CIDR, and its ports, one array for all rules that open the same.
 */
type ListedRule<Kind extends RuleInput["kind"]> = WhiteListMatch & {
  readonly kind: Kind;
  readonly name: string;
  readonly ports: readonly PortRange[];
};
type NameRule = ListedRule<"host" | "domain-suffix">;
type AddressRule = ListedRule<RuleInput["kind"]>;

/** The subscriber of nobody in particular: no extra white-list. */
export const noExtraLists: ReadonlySet<string> = new Set();

/** Mail relaying is what open proxies are abused for first; no rule opens it. */
export const smtpPort = 25;

/** True where the rule opens the port; an empty list opens every port but 25, and nothing opens 25. */
export function isPortOpen(ports: readonly PortRange[], port: number): boolean {
  if (port === smtpPort) return false;
  if (ports.length === 0) return true;
  for (const range of ports) if (port >= range.from && port <= range.to) return true;
  return false;
}

/** True where the list is for everyone, or among the subscriber's extra ones. */
export function isListOpen(list: WhiteListHead, extraIds: ReadonlySet<string>): boolean {
  return !list.isExtra || extraIds.has(list.id);
}

/** What one look-up asks for, and the rules about the destination that it passed over. */
export type MatchQuery = {
  readonly port: number;
  readonly extraIds: ReadonlySet<string>;
  /** Rules that open the port, in extra lists that the subscriber does not have; null for none. */
  skipped: WhiteListMatch[] | null;
  /** The first rule that does not open the port, in a list that the subscriber has. */
  closed: WhiteListMatch | null;
};

/** A look-up that has passed over nothing yet. */
export function matchQuery(port: number, extraIds: ReadonlySet<string>): MatchQuery {
  return { port, extraIds, skipped: null, closed: null };
}

/** True where the entry decides the query. */
function isFit(entry: AddressRule, query: MatchQuery): boolean {
  const isListed = isListOpen(entry.list, query.extraIds);
  if (isPortOpen(entry.ports, query.port)) {
    if (isListed) return true;
    if (query.skipped === null) query.skipped = [entry];
    else query.skipped.push(entry);
    return false;
  }
  if (isListed) query.closed ??= entry;
  return false;
}

/** One array for all rules that open the same ports. */
class SharedPorts {
  private readonly known = new Map<string, readonly PortRange[]>();

  of(ports: readonly PortRange[]): readonly PortRange[] {
    const key = ports.map(({ from, to }) => `${from}-${to}`).join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, ports);
    return ports;
  }
}

/**
 * All white-lists of a policy as one structure. The most specific rule that opens the port and whose list the
 * subscriber has wins: exact host, then the longest domain suffix, then the longest prefix; of equals the first in the
 * policy. Suffixes match whole labels.
 */
export class WhiteListMatcher {
  private readonly names: NameTable<NameRule>;
  private readonly prefixes: PrefixTable<AddressRule>;
  private readonly listsWithAddresses: readonly WhiteListHead[];

  /** Errors: AppError POLICY_BAD_CIDR, POLICY_BAD_RULE. */
  constructor(whiteLists: readonly WhiteListInput[]) {
    const names: NameRule[] = [];
    const prefixes: { cidr: string; value: AddressRule }[] = [];
    const sharedPorts = new SharedPorts();
    for (const { id, name, audience, rules } of whiteLists) {
      const list = { id, name, isExtra: audience === "extra" };
      for (const rule of rules) {
        if (rule.ports.some(({ from, to }) => from > to))
          throw new AppError("POLICY_BAD_RULE", `a port range of "${rule.value}" in "${name}" ends before it starts.`);
        const { kind, value } = rule;
        const ports = sharedPorts.of(rule.ports);
        if (kind === "cidr" || (kind === "host" && parseAddress(value) !== null))
          prefixes.push({ cidr: value, value: { list, rule, kind, name: value, ports } });
        else names.push({ list, rule, kind, name: ruleName(kind, value), ports });
      }
    }
    this.names = new NameTable(names);
    this.prefixes = new PrefixTable(prefixes);
    this.listsWithAddresses = [...new Set(prefixes.map(({ value }) => value.list))];
  }

  /** False where no address alone can be white-listed: then a name need not be resolved to be refused. */
  hasAddressRules(extraIds: ReadonlySet<string> = noExtraLists): boolean {
    for (const list of this.listsWithAddresses) if (isListOpen(list, extraIds)) return true;
    return false;
  }

  /** The rule that lets the destination pass; null where none does. */
  match(target: MatchTarget, extraIds: ReadonlySet<string> = noExtraLists): WhiteListMatch | null {
    const query = matchQuery(target.port, extraIds);
    const named = this.matchName(target.host, query);
    if (named !== null) return named;
    const address = parseAddress(target.address ?? target.host);
    return address === null ? null : this.matchAddress(address, query);
  }

  /** Only rules about names are asked. */
  matchName(host: string, query: MatchQuery): WhiteListMatch | null {
    return this.names.find(host, isFit, query);
  }

  /** Only rules about addresses are asked. */
  matchAddress(address: IpAddress, query: MatchQuery): WhiteListMatch | null {
    for (let entry = this.prefixes.innermost(address); entry !== null; entry = entry.parent)
      if (isFit(entry.value, query)) return entry.value;
    return null;
  }

  /** Every rule that names the host or holds the address, whatever its ports and audience: most specific first. */
  candidates(host: string, address: IpAddress | null): WhiteListMatch[] {
    const found: WhiteListMatch[] = [];
    this.names.find(host, (rule) => found.push(rule) < 0, null);
    if (address === null) return found;
    for (let entry = this.prefixes.innermost(address); entry !== null; entry = entry.parent) found.push(entry.value);
    return found;
  }
}
