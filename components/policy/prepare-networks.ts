import { accessNames } from "@/components/ui/access-mark";
import type { MergeGroup } from "@/components/ui/prepare-merge";
import type { Access } from "@/lib/contracts/access";
import type { Networks } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { readCidr } from "./prepare-rule";

/** A line of the table as it is typed; `key` stays while its texts change. */
export type NetworkRow = { key: number; cidr: string; access: Access; name: string };
export type NetworksForm = { rows: readonly NetworkRow[]; privateRanges: string };

export type NetworksRead = {
  item: Networks;
  /** By the row's key. */
  rowErrors: ReadonlyMap<number, string>;
  rangesError: string | undefined;
};

export function toNetworksForm({ accessNetworks, allowedPrivateRanges }: Networks): NetworksForm {
  return {
    rows: accessNetworks.map(({ cidr, access, name }, key) => ({ key, cidr, access, name })),
    privateRanges: allowedPrivateRanges.join("\n"),
  };
}

/** The networks that the form says, with what is wrong with it. */
export function readNetworksForm(t: Translate, { rows, privateRanges }: NetworksForm): NetworksRead {
  const rowErrors = new Map<number, string>();
  const seen = new Set<string>();
  const accessNetworks = rows.map(({ key, cidr, access, name }) => {
    const range = readCidr(cidr.trim());
    if (range === null) rowErrors.set(key, t("networks.writeAddressesAs19202"));
    else if (seen.has(range)) rowErrors.set(key, t("networks.isInTheTableAlready", { range }));
    else if (name.trim().length > 80) rowErrors.set(key, t("networks.atMost80CharactersInThe"));
    seen.add(range ?? cidr);
    return { cidr: range ?? cidr.trim(), access, name: name.trim() };
  });
  const ranges = privateRanges.split(/[\s,]+/).filter(Boolean);
  const wrong = ranges.find((range) => readCidr(range) === null);
  const repeated = ranges.find((range, index) => ranges.indexOf(range) !== index);
  return {
    item: { accessNetworks, allowedPrivateRanges: ranges.map((range) => readCidr(range) ?? range) },
    rowErrors,
    rangesError:
      wrong !== undefined
        ? t("networks.isNoAddressRangeWriteIt", { wrong })
        : repeated === undefined
          ? undefined
          : t("networks.isThereTwice", { repeated }),
  };
}

/** Networks line by line, so that two people's changes of different lines both stay. */
export type NetworkLines = { [line: string]: string | undefined };

const networkPrefix = "network ";
const rangePrefix = "range ";

export function toNetworkLines({ accessNetworks, allowedPrivateRanges }: Networks): NetworkLines {
  const lines: NetworkLines = {};
  for (const { cidr, access, name } of accessNetworks) lines[`${networkPrefix}${cidr}`] = `${access} ${name}`;
  for (const range of allowedPrivateRanges) lines[`${rangePrefix}${range}`] = "allowed";
  return lines;
}

function asAccess(text: string): Access {
  return text === "lte" || text === "wifi" ? text : "other";
}

export function fromNetworkLines(lines: NetworkLines): Networks {
  const networks: Networks = { accessNetworks: [], allowedPrivateRanges: [] };
  for (const [line, value] of Object.entries(lines)) {
    if (value === undefined) continue;
    if (line.startsWith(rangePrefix)) networks.allowedPrivateRanges.push(line.slice(rangePrefix.length));
    else {
      const blank = value.indexOf(" ");
      const access = asAccess(value.slice(0, blank));
      networks.accessNetworks.push({ cidr: line.slice(networkPrefix.length), access, name: value.slice(blank + 1) });
    }
  }
  return networks;
}

function describeLine(t: Translate, line: string, value: string | undefined): string {
  if (value === undefined) return t("networks.notThere");
  if (line.startsWith(rangePrefix)) return t("networks.allowed");
  const blank = value.indexOf(" ");
  const name = value.slice(blank + 1);
  return `${accessNames(t)[asAccess(value.slice(0, blank))]}${name === "" ? "" : `, ${name}`}`;
}

/** One group a line that any of the sources has. */
export function networkMergeGroups(t: Translate, sources: readonly NetworkLines[]): MergeGroup<NetworkLines>[] {
  const lines = [...new Set(sources.flatMap((source) => Object.keys(source)))];
  return lines.map((line) => ({
    key: line,
    label: line.startsWith(rangePrefix)
      ? t("networks.privateRange", { line: line.slice(rangePrefix.length) })
      : line.slice(networkPrefix.length),
    fields: [line],
    text: (item) => describeLine(t, line, item[line]),
  }));
}
