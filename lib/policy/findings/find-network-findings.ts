import { errorMessage } from "@/lib/shared/errors";
import { type Cidr, isInCidr, parseAddress, parseCidr } from "../ip";
import type { AccessNetworkInput, PolicyContentInput } from "../policy-input";
import { cidrKey } from "../rule-target";
import { isWhollyPublic } from "../special-ranges";
import type { PolicyFinding } from "./finding";

type Verdict = [severity: PolicyFinding["severity"], message: string];

/** Addresses that a wide allowed range should not open by mistake. */
const delicate = [
  ["127.0.0.1", "the node's own loopback"],
  ["::1", "the node's own loopback"],
  ["169.254.169.254", "the metadata service of clouds"],
  ["fd00:ec2::254", "the metadata service of clouds"],
] as const;

function describeNetwork({ access, name }: AccessNetworkInput): string {
  return name === "" ? access : `${access} ("${name}")`;
}

function accessVerdicts(networks: readonly AccessNetworkInput[]): Verdict[] {
  const first = new Map<string, AccessNetworkInput>();
  const verdicts: Verdict[] = [];
  for (const network of networks) {
    const cidr = parseOr(network.cidr, "Access network", verdicts);
    if (cidr === null) continue;
    const key = cidrKey(cidr);
    const known = first.get(key);
    if (known === undefined) first.set(key, network);
    else if (known.access === network.access)
      verdicts.push(["warning", `Access network ${network.cidr} is listed twice. Remove one entry.`]);
    else
      verdicts.push([
        "error",
        `${network.cidr} is listed as ${describeNetwork(known)} and as ${describeNetwork(network)}. Keep the one that is right.`,
      ]);
  }
  return verdicts;
}

function parseOr(text: string, what: string, verdicts: Verdict[]): Cidr | null {
  try {
    return parseCidr(text);
  } catch (error) {
    verdicts.push(["error", `${what} ${errorMessage(error)}`]);
    return null;
  }
}

function rangeVerdicts(ranges: readonly string[]): Verdict[] {
  const verdicts: Verdict[] = [];
  const seen = new Set<string>();
  for (const text of ranges) {
    const cidr = parseOr(text, "Allowed private range", verdicts);
    if (cidr === null) continue;
    const key = cidrKey(cidr);
    if (seen.has(key)) verdicts.push(["warning", `Allowed private range ${text} is listed twice. Remove one entry.`]);
    seen.add(key);
    if (isWhollyPublic(cidr))
      verdicts.push(["warning", `Allowed private range ${text} is public anyway and opens nothing. Remove it.`]);
    const opened = delicate.find(([address]) => {
      const parsed = parseAddress(address);
      return parsed !== null && isInCidr(cidr, parsed);
    });
    if (opened !== undefined)
      verdicts.push([
        "warning",
        `Allowed private range ${text} opens ${opened[1]} (${opened[0]}) to every white-list rule that holds it. Name a narrower range unless that is meant.`,
      ]);
  }
  return verdicts;
}

/** What is wrong with the access networks and allowed private ranges of a policy. Linear. */
export function findNetworkFindings({
  accessNetworks,
  allowedPrivateRanges,
}: Pick<PolicyContentInput, "accessNetworks" | "allowedPrivateRanges">): PolicyFinding[] {
  return [...accessVerdicts(accessNetworks), ...rangeVerdicts(allowedPrivateRanges)].map(([severity, message]) => ({
    severity,
    code: "bad-network",
    collection: "networks",
    id: "networks",
    rule: null,
    message,
  }));
}
