import type { WhiteList, WhiteListRule } from "@/lib/contracts/policy";

/** A rule as it is written, as one text. */
export function writtenRule({ kind, value, ports }: WhiteListRule): string {
  return `${kind} ${value} ${ports.map(({ from, to }) => `${from}-${to}`).join(",")}`;
}

const kept = new WeakMap<WhiteList, ReadonlySet<string>>();

/** Every rule of a list as it is written; worked out once a list. */
export function writtenRules(list: WhiteList): ReadonlySet<string> {
  const known = kept.get(list);
  if (known !== undefined) return known;
  const written = new Set(list.rules.map(writtenRule));
  kept.set(list, written);
  return written;
}
