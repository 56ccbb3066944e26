import { parseAddress } from "@/lib/policy";
import type { AgentPolicy } from "../agent-policy";
import { chosenPolicy } from "../device-choice";
import type { LearnedAddress } from "./capture-script";
import type { NameTable } from "./name-table";

export type FollowedPolicy = Pick<
  AgentPolicy,
  "current" | "snapshot" | "choice" | "isServed" | "extraWhiteListIds" | "usesProxy"
>;

export const minTimeoutSeconds = 30;
export const maxTimeoutSeconds = 3600;

/** How long an address stays captured after an answer with this time to live. */
export function captureTimeoutSeconds(ttlSeconds: number): number {
  return Math.min(Math.max(Math.ceil(ttlSeconds), minTimeoutSeconds), maxTimeoutSeconds);
}

/** True where some port of the name goes through the proxy. */
export function isNameListed(policy: FollowedPolicy, name: string): boolean {
  if (policy.current === null || !policy.isServed) return false;
  const extraIds = policy.extraWhiteListIds();
  return policy.current.matcher.candidates(name, null).some(({ list }) => !list.isExtra || extraIds.has(list.id));
}

/** The rules about addresses of the white-lists that the owner wants: captured whatever name led there. */
export function ruledRanges(policy: FollowedPolicy): string[] {
  const { snapshot, choice } = policy;
  if (snapshot === null || !policy.isServed) return [];
  const extraIds = policy.extraWhiteListIds();
  const { whiteLists } = chosenPolicy(snapshot, choice);
  const ranges = whiteLists
    .filter(({ id, audience }) => audience === "everyone" || extraIds.has(id))
    .flatMap(({ rules }) => rules)
    .filter(({ kind, value }) => kind === "cidr" || (kind === "host" && parseAddress(value) !== null))
    .map(({ value }) => value);
  return [...new Set(ranges)];
}

/** The known addresses of names that are white-listed, each for as long as its name is still good for. */
export function listedAddresses(policy: FollowedPolicy, names: NameTable, nowMs: number): LearnedAddress[] {
  const listed: LearnedAddress[] = [];
  for (const { address, names: known } of names.entries()) {
    const expiries = known.filter(({ name }) => isNameListed(policy, name)).map(({ expiresMs }) => expiresMs);
    const leftSeconds = (Math.max(...expiries) - nowMs) / 1000;
    if (leftSeconds > 0) listed.push({ address, timeoutSeconds: captureTimeoutSeconds(leftSeconds) });
  }
  return listed;
}

/** Where a captured connection goes: through the proxy to a name or address, or (null) to where the program meant. */
export function chooseCaptured(
  policy: FollowedPolicy,
  names: NameTable,
  original: { address: string; port: number },
): string | null {
  const { address, port } = original;
  const name = names.namesOf(address).find((host) => policy.usesProxy({ host, port }));
  return name ?? (policy.usesProxy({ host: address, port }) ? address : null);
}
