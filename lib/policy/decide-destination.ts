import type { Said } from "@/lib/shared/said";
import type { CompiledPolicy } from "./compile-policy";
import { type IpAddress, parseAddress } from "./ip";
import type { RuleInput } from "./policy-input";
import { say } from "./sentences";
import { refusedRangeOf } from "./special-ranges";
import { type MatchQuery, matchQuery, noExtraLists, smtpPort, type WhiteListMatch } from "./white-list-matcher";

export type RefusalCode = "not-white-listed" | "port-refused" | "private-range" | "own-address";

/** The rules that were asked, in order, as short sentences; `explainDecision` tells every step. */
export type DecisionTrace = () => string[];
export type Allowed = { kind: "allowed"; whiteListId: string; rule: RuleInput; trace: DecisionTrace };
/** Reason and trace are put into words when somebody asks: most decisions are never read by people. */
export type Refused = { kind: "refused"; code: RefusalCode; reason: () => Said; trace: DecisionTrace };
export type DestinationDecision = Allowed | Refused;

/** `needs-address`: no rule names the host, but one may hold the address it resolves to. */
export type HostDecision = DestinationDecision | { kind: "needs-address"; trace: DecisionTrace };

/** What of a compiled policy decisions read. */
export type DecidingPolicy = Pick<CompiledPolicy, "matcher" | "allowedRanges" | "ownAddresses">;

/** A rule and its white-list, as sentences name it. */
export function nameMatch({ rule, list }: WhiteListMatch): Said {
  return say("ruleOfList", { rule: `${rule.kind} ${rule.value}`, list: list.name });
}

/** Why the port can never be relayed; null where it can. */
export function refusedPort(port: number): Said | null {
  if (port === smtpPort) return say("smtpRefused");
  return Number.isInteger(port) && port > 0 && port < 65_536 ? null : say("noTcpPort", { port: String(port) });
}

/** `first`: what was found out before any rule was asked, null for nothing. */
function traceOf(first: string | null, skipped: readonly WhiteListMatch[] | null, last: string): string[] {
  const passed = (skipped ?? []).map(
    (match) => `${nameMatch(match).text} is passed over: this subscriber does not have that extra list`,
  );
  return [...(first === null ? [] : [first]), ...passed, last];
}

/** Refused before any rule was asked. */
function refuseAtOnce(code: RefusalCode, reason: () => Said): Refused {
  return { kind: "refused", code, reason, trace: () => [reason().text] };
}

function allow(match: WhiteListMatch, { skipped }: MatchQuery, first: string | null): Allowed {
  const trace = () => traceOf(first, skipped, nameMatch(match).text);
  return { kind: "allowed", whiteListId: match.list.id, rule: match.rule, trace };
}

/** Why no rule let the destination pass: the audience of the rules that would, or the port where others name it. */
function refuseUnlisted(host: string, { port, skipped, closed }: MatchQuery, first: string | null): Refused {
  const extra = skipped?.[0];
  const isClosed = extra === undefined && closed !== null;
  const reason = (): Said => {
    if (extra !== undefined) return say("onExtraListOnly", { host, list: extra.list.name });
    return closed === null
      ? say("onNoList", { host })
      : say("portNotOpened", { rule: nameMatch(closed), port: String(port) });
  };
  const trace = () => traceOf(first, skipped, reason().text);
  return { kind: "refused", code: isClosed ? "port-refused" : "not-white-listed", reason, trace };
}

function decideParsed(
  policy: DecidingPolicy,
  host: string,
  text: string,
  address: IpAddress,
  query: MatchQuery,
): DestinationDecision {
  if (policy.ownAddresses.find(address) !== null)
    return refuseAtOnce("own-address", () => say("ownAddress", { address: text }));
  const range = refusedRangeOf(address);
  const allowed = range === null ? null : policy.allowedRanges.find(address);
  if (range !== null && allowed === null)
    return refuseAtOnce("private-range", () => say("specialRange", { address: text, range }));
  const opened = range === null ? null : `${text} is ${range}, allowed by ${allowed}`;
  const match = policy.matcher.matchName(host, query) ?? policy.matcher.matchAddress(address, query);
  return match === null ? refuseUnlisted(host, query, opened) : allow(match, query, opened);
}

/**
 * Decide what can be decided before DNS. `allowed` for a name only says "resolve it": the address it resolves to must
 * still pass `decideAddress`, and that same address is to be dialled. A numeric host is decided to the end.
 *
 * @param target `host` normalised: lower-case A-labels without trailing dot, or a numeric address
 * @param extraWhiteListIds the `extra` white-lists that the subscriber has
 */
export function decideHost(
  policy: DecidingPolicy,
  target: { host: string; port: number },
  extraWhiteListIds: ReadonlySet<string> = noExtraLists,
): HostDecision {
  const { host, port } = target;
  const badPort = refusedPort(port);
  if (badPort !== null) return refuseAtOnce("port-refused", () => badPort);
  const query = matchQuery(port, extraWhiteListIds);
  const address = parseAddress(host);
  if (address !== null) return decideParsed(policy, host, host, address, query);
  const match = policy.matcher.matchName(host, query);
  if (match !== null) return allow(match, query, null);
  if (!policy.matcher.hasAddressRules(extraWhiteListIds)) return refuseUnlisted(host, query, null);
  const last = () => `no rule names ${host}, rules about addresses are left`;
  return { kind: "needs-address", trace: () => traceOf(null, query.skipped, last()) };
}

/**
 * Decide about one address a host resolved to; only an address that was allowed here may be dialled, so that a second
 * DNS answer cannot lead elsewhere.
 *
 * @param target `host` as in `decideHost`; `address` numeric
 * @param extraWhiteListIds the `extra` white-lists that the subscriber has
 */
export function decideAddress(
  policy: DecidingPolicy,
  target: { host: string; port: number; address: string },
  extraWhiteListIds: ReadonlySet<string> = noExtraLists,
): DestinationDecision {
  const { host, port, address: text } = target;
  const badPort = refusedPort(port);
  if (badPort !== null) return refuseAtOnce("port-refused", () => badPort);
  const address = parseAddress(text);
  if (address === null) return refuseAtOnce("private-range", () => say("noNumericAddress", { address: text }));
  return decideParsed(policy, host, text, address, matchQuery(port, extraWhiteListIds));
}

/**
 * True where an agent sends the destination via the proxy: a rule names it, or holds the numeric address it was asked
 * for, and the proxy would not refuse the range. Names that only an address rule could cover go direct: the agent does
 * not resolve on behalf of the proxy.
 */
export function shouldUseProxy(
  policy: DecidingPolicy,
  target: { host: string; port: number },
  extraWhiteListIds: ReadonlySet<string> = noExtraLists,
): boolean {
  return decideHost(policy, target, extraWhiteListIds).kind === "allowed";
}
