import { errorSaid } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
import { type Cidr, isInCidr, parseAddress, parseCidr } from "../ip";
import type { AccessNetworkInput, PolicyContentInput } from "../policy-input";
import { cidrKey } from "../rule-target";
import { say } from "../sentences";
import { isWhollyPublic } from "../special-ranges";
import { type PolicyFinding, sentenceOf } from "./finding";

type Verdict = [severity: PolicyFinding["severity"], what: Said];

/** Addresses that a wide allowed range should not open by mistake. */
const delicate = [
  ["127.0.0.1", say("ownLoopback")],
  ["::1", say("ownLoopback")],
  ["169.254.169.254", say("cloudMetadata")],
  ["fd00:ec2::254", say("cloudMetadata")],
] as const;

function describeNetwork({ access, name }: AccessNetworkInput): string {
  return name === "" ? access : `${access} ("${name}")`;
}

function accessVerdicts(networks: readonly AccessNetworkInput[]): Verdict[] {
  const first = new Map<string, AccessNetworkInput>();
  const verdicts: Verdict[] = [];
  for (const network of networks) {
    const cidr = parseOr(network.cidr, "badAccessNetwork", verdicts);
    if (cidr === null) continue;
    const key = cidrKey(cidr);
    const known = first.get(key);
    if (known === undefined) first.set(key, network);
    else if (known.access === network.access)
      verdicts.push(["warning", say("networkListedTwice", { cidr: network.cidr })]);
    else
      verdicts.push([
        "error",
        say("networkIsBoth", { cidr: network.cidr, one: describeNetwork(known), other: describeNetwork(network) }),
      ]);
  }
  return verdicts;
}

function parseOr(text: string, what: "badAccessNetwork" | "badPrivateRange", verdicts: Verdict[]): Cidr | null {
  try {
    return parseCidr(text);
  } catch (error) {
    verdicts.push(["error", say(what, { why: errorSaid(error) })]);
    return null;
  }
}

function rangeVerdicts(ranges: readonly string[]): Verdict[] {
  const verdicts: Verdict[] = [];
  const seen = new Set<string>();
  for (const text of ranges) {
    const cidr = parseOr(text, "badPrivateRange", verdicts);
    if (cidr === null) continue;
    const key = cidrKey(cidr);
    if (seen.has(key)) verdicts.push(["warning", say("rangeListedTwice", { range: text })]);
    seen.add(key);
    if (isWhollyPublic(cidr)) verdicts.push(["warning", say("rangeIsPublic", { range: text })]);
    const opened = delicate.find(([address]) => {
      const parsed = parseAddress(address);
      return parsed !== null && isInCidr(cidr, parsed);
    });
    if (opened !== undefined)
      verdicts.push(["warning", say("rangeOpens", { range: text, what: opened[1], address: opened[0] })]);
  }
  return verdicts;
}

/** What is wrong with the access networks and allowed private ranges of a policy. Linear. */
export function findNetworkFindings({
  accessNetworks,
  allowedPrivateRanges,
}: Pick<PolicyContentInput, "accessNetworks" | "allowedPrivateRanges">): PolicyFinding[] {
  return [...accessVerdicts(accessNetworks), ...rangeVerdicts(allowedPrivateRanges)].map(([severity, what]) => ({
    severity,
    code: "bad-network",
    collection: "networks",
    id: "networks",
    rule: null,
    ...sentenceOf(what),
  }));
}
