import type { WhiteListRule } from "@/lib/contracts/policy";
import type { Translate } from "@/lib/words/translate";

type PortRange = WhiteListRule["ports"][number];

export const ruleKindNames = (t: Translate): Record<WhiteListRule["kind"], string> => ({
  host: t("whiteLists.host"),
  "domain-suffix": t("whiteLists.domain"),
  cidr: t("whiteLists.addresses"),
});

const highestPort = 65_535;
const mostRanges = 16;
const labelPattern = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const schemePorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** `80, 443, 8000–8100`; every port but 25 where none is named. */
export function formatPorts(t: Translate, ports: readonly PortRange[]): string {
  if (ports.length === 0) return t("whiteLists.allBut25");
  return ports.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
}

/** A rule in one line, as it can be pasted again: `*.example.com:443`, `www.example.com`, `192.0.2.0/24`. */
export function formatRule({ kind, value, ports }: WhiteListRule): string {
  const list = ports.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(",");
  const isIpv6 = value.includes(":");
  const plain = kind === "domain-suffix" ? `*.${value}` : kind === "host" ? `=${value}` : value;
  if (list === "") return plain;
  return `${isIpv6 ? `[${plain}]` : plain}:${list}`;
}

/** One rule's identity: equal rules are the same wherever they stand. */
export function ruleKey({ kind, value, ports }: WhiteListRule): string {
  return JSON.stringify([kind, value, ports.map(({ from, to }) => [from, to])]);
}

export type ParsedPorts = { ports: PortRange[] } | { error: string };

/** `443`, `80,443`, `8000-8100`; nothing means every port but 25. */
export function parsePorts(t: Translate, text: string): ParsedPorts {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  if (parts.length > mostRanges)
    return { error: t("whiteLists.atMostPortRangesInA", { mostRanges: String(mostRanges) }) };
  const ports: PortRange[] = [];
  for (const part of parts) {
    const [, first = "", last = first] = /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(part) ?? [];
    const from = Number(first);
    const to = Number(last);
    if (first === "" || from < 1 || to > highestPort)
      return { error: t("whiteLists.isNoPortFrom1To", { part, highestPort: String(highestPort) }) };
    if (to < from) return { error: t("whiteLists.theRangeEndsBeforeItStarts", { part }) };
    ports.push({ from, to });
  }
  return { ports };
}

function isIpv4(text: string): boolean {
  return (
    /^(\d{1,3}\.){3}\d{1,3}$/.test(text) &&
    text.split(".").every((octet) => /^(0|[1-9]\d*)$/.test(octet) && Number(octet) <= 255)
  );
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

/** An address range as rules have it; null where it is none. A single address is a range of one. */
export function readCidr(text: string): string | null {
  const [address = "", prefix, more] = text.split("/");
  if (more !== undefined) return null;
  const bits = isIpv4(address) ? 32 : isIpv6(address) ? 128 : null;
  if (bits === null) return null;
  if (prefix === undefined) return `${address}/${bits}`;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? text : null;
}

/** A DNS name as rules have it: lower case, A-labels, no dot at its end; null where it is none. */
function readName(text: string): string | null {
  const bare = text.endsWith(".") ? text.slice(0, -1) : text;
  if (bare === "" || /[\s/\\?#@:%[\]]/.test(bare) || !URL.canParse(`http://${bare}/`)) return null;
  const name = /^[\x21-\x7e]*$/.test(bare) ? bare.toLowerCase() : new URL(`http://${bare}/`).hostname;
  const labels = name.split(".");
  const isWhole = name.length <= 253 && labels.every((label) => labelPattern.test(label));
  return isWhole && !/^(0x[0-9a-f]*|\d+)$/.test(labels.at(-1) ?? "0") ? name : null;
}

export type ParsedRule = { rule: WhiteListRule } | { error: string };

function parseUrl(t: Translate, text: string): ParsedRule {
  if (!URL.canParse(text)) return { error: t("whiteLists.thisIsNoCompleteUrl") };
  const { protocol, hostname, port } = new URL(text);
  const known = schemePorts[protocol];
  if (known === undefined) return { error: t("whiteLists.isNotCarriedWriteTheHost", { protocol }) };
  const number = port === "" ? known : Number(port);
  const ports = [{ from: number, to: number }];
  const address = readCidr(hostname.replace(/^\[|\]$/g, ""));
  if (address !== null) return { rule: { kind: "cidr", value: address, ports } };
  const name = readName(hostname);
  return name === null
    ? { error: t("whiteLists.isNoHost", { hostname }) }
    : { rule: { kind: "host", value: name, ports } };
}

/** Where the ports begin: after a closing bracket, or after the only colon. */
function splitPorts(text: string): { target: string; ports: string | null } {
  const [, bracketed, after] = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { target: bracketed, ports: after ?? null };
  const colon = text.indexOf(":");
  if (colon < 0 || text.indexOf(":", colon + 1) >= 0) return { target: text, ports: null };
  return { target: text.slice(0, colon), ports: text.slice(colon + 1) };
}

/**
 * One line as a rule. A plain name or one with `*.` holds for the domain and all below it; with `=` before it, with a
 * port after it, or taken from a URL, it is exactly that host. Addresses are ranges; IPv6 with ports needs brackets.
 */
export function parseRuleLine(t: Translate, line: string): ParsedRule {
  const text = line.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseUrl(t, text);
  const { target, ports: portText } = splitPorts(text);
  if (portText?.trim() === "") return { error: t("whiteLists.aPortIsMissingAfterThe") };
  const parsed = parsePorts(t, portText ?? "");
  if ("error" in parsed) return parsed;
  const { ports } = parsed;

  const range = readCidr(target);
  if (range !== null) return { rule: { kind: "cidr", value: range, ports } };
  if (target.includes("/")) {
    const isPath = !/^[\d.:a-f]+\/\d*$/i.test(target);
    return { error: isPath ? t("whiteLists.aRuleHasNoPathWrite") : t("whiteLists.isNoAddressRange", { target }) };
  }
  const isSuffix = /^\*?\./.test(target);
  const isExact = target.startsWith("=");
  const name = readName(target.replace(/^(\*?\.|=)/, ""));
  if (name === null) return { error: t("whiteLists.isNeitherANameNorAn", { target }) };
  const kind = isExact || (portText !== null && !isSuffix) ? "host" : "domain-suffix";
  if (kind === "domain-suffix" && !isSuffix && !name.includes("."))
    return { error: t("whiteLists.wouldOpenAWholeTopLevel", { name }) };
  return { rule: { kind, value: name, ports } };
}

export type RulePreview = {
  rules: WhiteListRule[];
  errors: { line: number; text: string; error: string }[];
  /** Lines that say the same as one before. */
  repeated: number;
};

/** Every line of a pasted text; empty lines and what follows a # are left out. */
export function parseRuleLines(t: Translate, text: string): RulePreview {
  const preview: RulePreview = { rules: [], errors: [], repeated: 0 };
  const seen = new Set<string>();
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const parsed = parseRuleLine(t, line);
    if ("error" in parsed) {
      preview.errors.push({ line: index + 1, text: line, error: parsed.error });
      continue;
    }
    const key = ruleKey(parsed.rule);
    if (seen.has(key)) preview.repeated += 1;
    else preview.rules.push(parsed.rule);
    seen.add(key);
  }
  return preview;
}
