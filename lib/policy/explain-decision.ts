import {
  type DecidingPolicy,
  decideAddress,
  decideHost,
  type HostDecision,
  nameMatch,
  refusedPort,
} from "./decide-destination";
import { type IpAddress, parseAddress } from "./ip";
import { openPorts, portsText } from "./port-set";
import { refusedRangeOf } from "./special-ranges";
import { isListOpen, isPortOpen, noExtraLists } from "./white-list-matcher";

/** One thing that was asked on the way to a decision, and what came of it. */
export type TraceStep = { step: string; detail: string; result: "pass" | "refuse" | "info" };
export type ExplainedDecision = { decision: HostDecision; trace: TraceStep[] };

type Target = { host: string; port: number; address?: string | undefined };

function addressSteps(policy: DecidingPolicy, text: string, address: IpAddress): TraceStep[] {
  const own: TraceStep =
    policy.ownAddresses.find(address) === null
      ? { step: "Own addresses", detail: `${text} is no address of the proxy`, result: "pass" }
      : { step: "Own addresses", detail: `${text} is an address of the proxy itself`, result: "refuse" };
  if (own.result === "refuse") return [own];
  const range = refusedRangeOf(address);
  const allowed = range === null ? null : policy.allowedRanges.find(address);
  if (range === null) return [own, { step: "Special ranges", detail: `${text} is a public address`, result: "pass" }];
  return [
    own,
    allowed === null
      ? { step: "Special ranges", detail: `${text} is ${range}, and no allowed range opens it`, result: "refuse" }
      : {
          step: "Special ranges",
          detail: `${text} is ${range}, opened by the allowed range ${allowed}`,
          result: "pass",
        },
  ];
}

/** Every rule that names the destination, most specific first, and why it decides or does not. */
function ruleSteps(
  policy: DecidingPolicy,
  { host, port }: Target,
  address: IpAddress | null,
  extraIds: ReadonlySet<string>,
): TraceStep[] {
  let isDecided = false;
  return policy.matcher.candidates(host, address).map((match) => {
    const step = `White-list "${match.list.name}"`;
    const rule = nameMatch(match);
    if (!isPortOpen(match.rule.ports, port)) {
      const opened = portsText(openPorts(match.rule.ports)) || "no port that is ever relayed";
      return { step, detail: `${rule} opens ${opened}, not ${port}`, result: "info" };
    }
    if (!isListOpen(match.list, extraIds))
      return { step, detail: `${rule} fits, but this subscriber does not have that extra list`, result: "info" };
    if (isDecided) return { step, detail: `${rule} would fit too, but a rule before it decided`, result: "info" };
    isDecided = true;
    return { step, detail: `${rule} opens port ${port}`, result: "pass" };
  });
}

function lastStep(decision: HostDecision, host: string): TraceStep {
  if (decision.kind === "refused") return { step: "White-lists", detail: decision.reason(), result: "refuse" };
  return { step: "White-lists", detail: `no rule names ${host}: its address decides`, result: "info" };
}

/**
 * The decision of `decideHost`, or with an address that of `decideAddress`, with every step on the way in order: for
 * people who ask why. The last step that is not `info` has the decision's result.
 */
export function explainDecision(
  policy: DecidingPolicy,
  target: Target,
  extraWhiteListIds: ReadonlySet<string> = noExtraLists,
): ExplainedDecision {
  const { host, port, address: addressText } = target;
  const decision =
    addressText === undefined
      ? decideHost(policy, { host, port }, extraWhiteListIds)
      : decideAddress(policy, { host, port, address: addressText }, extraWhiteListIds);
  const badPort = refusedPort(port);
  if (badPort !== null) return { decision, trace: [{ step: "Port", detail: badPort, result: "refuse" }] };
  const trace: TraceStep[] = [{ step: "Port", detail: `port ${port} may be relayed`, result: "pass" }];
  const text = addressText ?? host;
  const address = parseAddress(text);
  if (address === null && addressText !== undefined) {
    trace.push({ step: "Address", detail: `${text} is no numeric address`, result: "refuse" });
    return { decision, trace };
  }
  if (address !== null) trace.push(...addressSteps(policy, text, address));
  if (trace.at(-1)?.result === "refuse") return { decision, trace };
  trace.push(...ruleSteps(policy, target, address, extraWhiteListIds));
  if (decision.kind !== "allowed") trace.push(lastStep(decision, host));
  return { decision, trace };
}
