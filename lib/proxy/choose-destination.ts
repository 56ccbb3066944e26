import { type DecidingPolicy, decideAddress, decideHost, type Refused, type RuleInput } from "@/lib/policy";
import { type FrontRequest, type Refusal, refusalForErrno } from "@/lib/protocols/accept-request";
import { authorityText, hostText } from "@/lib/protocols/host";
import { socksReply } from "@/lib/protocols/socks5";
import type { CachingResolver } from "@/lib/shared/caching-resolver";

/** `rule` of `whiteListId` let it pass. */
export type Destination = { addresses: string[]; whiteListId: string; rule: RuleInput };
export type DestinationChoice =
  | { kind: "dial"; destination: Destination }
  | { kind: "refuse"; refusal: Refusal; code: string };

function refuseByPolicy(decision: Refused): DestinationChoice {
  const text = `The operator's policy does not allow this: ${decision.reason().text}.`;
  return { kind: "refuse", code: decision.code, refusal: { socks: socksReply.notAllowed, http: 403, text } };
}

/**
 * Decide, resolve, and decide again about each address: only the addresses returned may be dialled, so that a second
 * DNS answer cannot lead elsewhere. At once where no name is to be resolved.
 *
 * @param extraWhiteListIds the `extra` white-lists that the subscriber has
 */
export function chooseDestination(
  policy: DecidingPolicy | null,
  resolver: CachingResolver,
  request: Pick<FrontRequest, "host" | "port">,
  extraWhiteListIds: ReadonlySet<string>,
): DestinationChoice | Promise<DestinationChoice> {
  if (policy === null) {
    const text = "This proxy has no policy yet: it waits for the portal. Try again in a few seconds.";
    return { kind: "refuse", code: "no-policy", refusal: { socks: socksReply.generalFailure, http: 503, text } };
  }
  const { port } = request;
  const host = hostText(request.host);
  const early = decideHost(policy, { host, port }, extraWhiteListIds);
  if (early.kind === "refused") return refuseByPolicy(early);
  if (request.host.kind === "address" && early.kind === "allowed")
    return { kind: "dial", destination: { addresses: [host], whiteListId: early.whiteListId, rule: early.rule } };
  return chooseByName(policy, resolver, request, extraWhiteListIds);
}

async function chooseByName(
  policy: DecidingPolicy,
  resolver: CachingResolver,
  request: Pick<FrontRequest, "host" | "port">,
  extraWhiteListIds: ReadonlySet<string>,
): Promise<DestinationChoice> {
  const { port } = request;
  const host = hostText(request.host);
  const addresses = await resolver.resolve(host).catch(() => null);
  if (addresses === null)
    return {
      kind: "refuse",
      code: "no-such-name",
      refusal: refusalForErrno("ENOTFOUND", authorityText(request.host, port)),
    };
  const decisions = addresses.map((address) => ({
    address,
    decision: decideAddress(policy, { host, port, address }, extraWhiteListIds),
  }));
  const allowed = decisions.flatMap(({ address, decision }) =>
    decision.kind === "allowed" ? [{ address, ...decision }] : [],
  );
  const [first] = allowed;
  if (first !== undefined) {
    const { whiteListId, rule } = first;
    return { kind: "dial", destination: { addresses: allowed.map(({ address }) => address), whiteListId, rule } };
  }
  const refused = decisions.map(({ decision }) => decision).find((decision) => decision.kind === "refused");
  return refused === undefined
    ? { kind: "refuse", code: "no-such-name", refusal: refusalForErrno("ENOTFOUND", host) }
    : refuseByPolicy(refused);
}
