import type { Said, Told } from "@/lib/shared/said";
import {
  type DecidingPolicy,
  decideAddress,
  decideHost,
  type HostDecision,
  nameMatch,
  refusedPort,
} from "./decide-destination";
import { type IpAddress, parseAddress } from "./ip";
import { openPorts, saidPorts } from "./port-set";
import { say } from "./sentences";
import { refusedRangeOf } from "./special-ranges";
import { isListOpen, isPortOpen, noExtraLists } from "./white-list-matcher";

/** One thing that was asked on the way to a decision, and what came of it. */
export type TraceStep = {
  step: string;
  detail: string;
  result: "pass" | "refuse" | "info";
  /** The same, for another language. */
  told: { step: Told; detail: Told };
};
export type ExplainedDecision = { decision: HostDecision; trace: TraceStep[] };

type Target = { host: string; port: number; address?: string | undefined };

export function traceStep(step: Said, detail: Said, result: TraceStep["result"]): TraceStep {
  return { step: step.text, detail: detail.text, result, told: { step: step.told, detail: detail.told } };
}

function addressSteps(policy: DecidingPolicy, text: string, address: IpAddress): TraceStep[] {
  const named = { address: text };
  if (policy.ownAddresses.find(address) !== null)
    return [traceStep(say("stepOwnAddresses"), say("proxyAddress", named), "refuse")];
  const own = traceStep(say("stepOwnAddresses"), say("noProxyAddress", named), "pass");
  const range = refusedRangeOf(address);
  const allowed = range === null ? null : policy.allowedRanges.find(address);
  if (range === null) return [own, traceStep(say("stepSpecialRanges"), say("publicAddress", named), "pass")];
  return [
    own,
    allowed === null
      ? traceStep(say("stepSpecialRanges"), say("specialAndClosed", { ...named, range }), "refuse")
      : traceStep(say("stepSpecialRanges"), say("specialAndOpened", { ...named, range, allowed }), "pass"),
  ];
}

/** Every rule that names the destination, most specific first, and why it decides or does not. */
function ruleSteps(
  policy: DecidingPolicy,
  { host, port: number }: Target,
  address: IpAddress | null,
  extraIds: ReadonlySet<string>,
): TraceStep[] {
  let isDecided = false;
  const port = String(number);
  return policy.matcher.candidates(host, address).map((match) => {
    const step = say("stepWhiteList", { list: match.list.name });
    const rule = nameMatch(match);
    if (!isPortOpen(match.rule.ports, number)) {
      const opened = openPorts(match.rule.ports);
      const ports = opened.length === 0 ? say("noPort") : saidPorts(opened);
      return traceStep(step, say("opensOtherPorts", { rule, ports, port }), "info");
    }
    if (!isListOpen(match.list, extraIds)) return traceStep(step, say("extraListMissing", { rule }), "info");
    if (isDecided) return traceStep(step, say("decidedBefore", { rule }), "info");
    isDecided = true;
    return traceStep(step, say("opensPort", { rule, port }), "pass");
  });
}

function lastStep(decision: HostDecision, host: string): TraceStep {
  return decision.kind === "refused"
    ? traceStep(say("stepWhiteLists"), decision.reason(), "refuse")
    : traceStep(say("stepWhiteLists"), say("addressDecides", { host }), "info");
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
  if (badPort !== null) return { decision, trace: [traceStep(say("stepPort"), badPort, "refuse")] };
  const trace: TraceStep[] = [traceStep(say("stepPort"), say("portMayBeRelayed", { port: String(port) }), "pass")];
  const text = addressText ?? host;
  const address = parseAddress(text);
  if (address === null && addressText !== undefined) {
    trace.push(traceStep(say("stepAddress"), say("noNumericAddress", { address: text }), "refuse"));
    return { decision, trace };
  }
  if (address !== null) trace.push(...addressSteps(policy, text, address));
  if (trace.at(-1)?.result === "refuse") return { decision, trace };
  trace.push(...ruleSteps(policy, target, address, extraWhiteListIds));
  if (decision.kind !== "allowed") trace.push(lastStep(decision, host));
  return { decision, trace };
}
