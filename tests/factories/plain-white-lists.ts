import { type Cidr, type IpAddress, isInCidr, parseAddress, parseCidr, type RuleInput } from "@/lib/policy";

type List = { id: string; audience?: "everyone" | "extra" | undefined; rules: readonly RuleInput[] };
type Target = { host: string; port: number; address: string | null };
type PlainRule = { list: List; rule: RuleInput; cidr: Cidr | null };

/** White-list answers the slow and obvious way, to hold the fast ones against. Values of rules must be normalised. */
export class PlainWhiteLists {
  private readonly rules: PlainRule[];

  constructor(lists: readonly List[]) {
    this.rules = lists.flatMap((list) =>
      list.rules.map((rule) => {
        const isAddress = rule.kind === "cidr" || parseAddress(rule.value) !== null;
        return { list, rule, cidr: isAddress ? parseCidr(rule.value) : null };
      }),
    );
  }

  /** "<white-list id> <kind> <value>" of the rule that decides; null where none does. Looks at every rule. */
  match({ host, port, address }: Target, extraIds: ReadonlySet<string>): string | null {
    const numeric = parseAddress(address ?? host);
    let best: PlainRule | null = null;
    let bestRank = -1;
    for (const plain of this.rules) {
      const { list, rule } = plain;
      const isOpen = port !== 25 && (rule.ports.length === 0 || rule.ports.some((r) => r.from <= port && port <= r.to));
      if (!isOpen || (list.audience === "extra" && !extraIds.has(list.id))) continue;
      const rank = rankOf(plain, host, numeric);
      if (rank > bestRank) [best, bestRank] = [plain, rank];
    }
    return best === null ? null : `${best.list.id} ${best.rule.kind} ${best.rule.value}`;
  }
}

/** How specific the rule is about the destination; -1 where it is about another one. */
function rankOf({ rule, cidr }: PlainRule, host: string, address: IpAddress | null): number {
  if (cidr !== null) return address !== null && isInCidr(cidr, address) ? cidr.prefixLength : -1;
  if (rule.kind === "host") return host === rule.value ? 10_000 : -1;
  return host === rule.value || host.endsWith(`.${rule.value}`) ? 1000 + rule.value.length : -1;
}

/** The usual quick way: a Map of host names, one of suffixes asked label by label, and one of IPv4 prefixes a length. */
export class MapWhiteLists {
  private readonly hosts = new Map<string, PlainRule[]>();
  private readonly suffixes = new Map<string, PlainRule[]>();
  private readonly prefixes: { mask: number; starts: Map<number, PlainRule[]> }[] = [];

  constructor(lists: readonly List[]) {
    const add = <Key>(map: Map<Key, PlainRule[]>, key: Key, plain: PlainRule): void => {
      const known = map.get(key);
      if (known === undefined) map.set(key, [plain]);
      else known.push(plain);
    };
    const byLength = new Map<number, Map<number, PlainRule[]>>();
    for (const list of lists)
      for (const rule of list.rules) {
        const cidr = rule.kind === "cidr" ? parseCidr(rule.value) : null;
        const plain = { list, rule, cidr };
        if (cidr === null) add(rule.kind === "host" ? this.hosts : this.suffixes, rule.value, plain);
        else {
          const starts = byLength.get(cidr.prefixLength) ?? new Map<number, PlainRule[]>();
          byLength.set(cidr.prefixLength, starts);
          add(starts, cidr.words[0] ?? 0, plain);
        }
      }
    for (const [length, starts] of [...byLength].sort(([left], [right]) => right - left))
      this.prefixes.push({ mask: length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0, starts });
  }

  match({ host, port, address }: Target, extraIds: ReadonlySet<string>): string | null {
    const found = this.find(host, port, parseAddress(address ?? host), extraIds);
    return found === null ? null : `${found.list.id} ${found.rule.kind} ${found.rule.value}`;
  }

  private find(host: string, port: number, address: IpAddress | null, extraIds: ReadonlySet<string>): PlainRule | null {
    const isFit = ({ list, rule }: PlainRule): boolean =>
      (rule.ports.length === 0 || rule.ports.some(({ from, to }) => from <= port && port <= to)) &&
      (list.audience !== "extra" || extraIds.has(list.id));
    const exact = this.hosts.get(host)?.find(isFit);
    if (exact !== undefined) return exact;
    for (let start = 0; start >= 0; ) {
      const suffix = this.suffixes.get(host.slice(start))?.find(isFit);
      if (suffix !== undefined) return suffix;
      const dot = host.indexOf(".", start);
      start = dot < 0 ? -1 : dot + 1;
    }
    if (address === null || address.family !== 4) return null;
    for (const { mask, starts } of this.prefixes) {
      const prefix = starts.get(((address.words[0] ?? 0) & mask) >>> 0)?.find(isFit);
      if (prefix !== undefined) return prefix;
    }
    return null;
  }
}
