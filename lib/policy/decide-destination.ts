import type { CompiledPolicy } from "./compile-policy";
import { type IpAddress, parseAddress } from "./ip";
import { refusedRangeOf } from "./special-ranges";
import { type RuleInput, smtpPort, type WhiteListMatch } from "./white-list-matcher";

export type RefusalCode = "not-white-listed" | "port-refused" | "private-range" | "own-address";

/** `trace`: the rules that were asked, in order, as short sentences. */
export type Allowed = { kind: "allowed"; whiteListId: string; rule: RuleInput; trace: string[] };
export type Refused = { kind: "refused"; code: RefusalCode; reason: string; trace: string[] };
export type DestinationDecision = Allowed | Refused;

/** `needs-address`: no rule names the host, but one may hold the address it resolves to. */
export type HostDecision = DestinationDecision | { kind: "needs-address"; trace: string[] };

type DecidingPolicy = Pick<CompiledPolicy, "matcher" | "allowedRanges" | "ownAddresses">;

function refuse(code: RefusalCode, reason: string, trace: string[]): Refused {
  return { kind: "refused", code, reason, trace: [...trace, reason] };
}

function allow(match: WhiteListMatch, trace: string[]): Allowed {
  const { whiteListId, whiteListName, rule } = match;
  return { kind: "allowed", whiteListId, rule, trace: [...trace, `${rule.kind} ${rule.value} of "${whiteListName}"`] };
}

function refusePort(port: number): Refused | null {
  if (port === smtpPort) return refuse("port-refused", "port 25 (SMTP) is never relayed", []);
  return Number.isInteger(port) && port > 0 && port < 65_536
    ? null
    : refuse("port-refused", `${port} is no port of TCP`, []);
}

/** Why no rule let the destination pass: its port, where a rule names the destination with other ports. */
function refuseUnlisted(policy: DecidingPolicy, host: string, port: number, address: IpAddress | null): Refused {
  const other =
    policy.matcher.matchName(host, null) ?? (address === null ? null : policy.matcher.matchAddress(address, null));
  return other === null
    ? refuse("not-white-listed", `${host} is on no white-list`, [])
    : refuse(
        "port-refused",
        `${other.rule.kind} ${other.rule.value} of "${other.whiteListName}" does not open port ${port}`,
        [],
      );
}

function decideParsed(
  policy: DecidingPolicy,
  host: string,
  port: number,
  text: string,
  address: IpAddress,
): DestinationDecision {
  if (policy.ownAddresses.find(address) !== null)
    return refuse("own-address", `${text} is an address of this proxy`, []);
  const trace: string[] = [];
  const range = refusedRangeOf(address);
  if (range !== null) {
    const allowed = policy.allowedRanges.find(address);
    if (allowed === null) return refuse("private-range", `${text} is ${range}`, []);
    trace.push(`${text} is ${range}, allowed by ${allowed}`);
  }
  const match = policy.matcher.matchName(host, port) ?? policy.matcher.matchAddress(address, port);
  return match === null ? refuseUnlisted(policy, host, port, address) : allow(match, trace);
}

/**
 * Decide what can be decided before DNS. `allowed` for a name only says "resolve it": the address it resolves to must
 * still pass `decideAddress`, and that same address is to be dialled. A numeric host is decided to the end.
 *
 * @param target `host` normalised: lower-case A-labels without trailing dot, or a numeric address
 */
export function decideHost(policy: DecidingPolicy, target: { host: string; port: number }): HostDecision {
  const { host, port } = target;
  const badPort = refusePort(port);
  if (badPort !== null) return badPort;
  const address = parseAddress(host);
  if (address !== null) return decideParsed(policy, host, port, host, address);
  const match = policy.matcher.matchName(host, port);
  if (match !== null) return allow(match, []);
  if (policy.matcher.hasAddressRules)
    return { kind: "needs-address", trace: [`no rule names ${host}, rules about addresses are left`] };
  return refuseUnlisted(policy, host, port, null);
}

/**
 * Decide about one address a host resolved to; only an address that was allowed here may be dialled, so that a second
 * DNS answer cannot lead elsewhere.
 *
 * @param target `host` as in `decideHost`; `address` numeric
 */
export function decideAddress(
  policy: DecidingPolicy,
  target: { host: string; port: number; address: string },
): DestinationDecision {
  const { host, port, address: text } = target;
  const badPort = refusePort(port);
  if (badPort !== null) return badPort;
  const address = parseAddress(text);
  if (address === null) return refuse("private-range", `${text} is no numeric address`, []);
  return decideParsed(policy, host, port, text, address);
}

/**
 * True where an agent sends the destination via the proxy: a rule names it, or holds the numeric address it was asked
 * for, and the proxy would not refuse the range. Names that only an address rule could cover go direct: the agent does
 * not resolve on behalf of the proxy.
 */
export function shouldUseProxy(policy: DecidingPolicy, target: { host: string; port: number }): boolean {
  return decideHost(policy, target).kind === "allowed";
}
