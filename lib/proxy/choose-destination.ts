import { type CompiledPolicy, decideAddress, decideHost, type Refused } from "@/lib/policy";
import { type FrontRequest, type Refusal, refusalForErrno } from "@/lib/protocols/accept-request";
import { authorityText, hostText } from "@/lib/protocols/host";
import { socksReply } from "@/lib/protocols/socks5";
import type { CachingResolver } from "@/lib/shared/caching-resolver";

export type Destination = { addresses: string[]; whiteListId: string };
export type DestinationChoice =
  | { kind: "dial"; destination: Destination }
  | { kind: "refuse"; refusal: Refusal; code: string };

function refuseByPolicy(decision: Refused): DestinationChoice {
  const text = `The operator's policy does not allow this: ${decision.reason}.`;
  return { kind: "refuse", code: decision.code, refusal: { socks: socksReply.notAllowed, http: 403, text } };
}

/**
 * Decide, resolve, and decide again about each address: only the addresses returned may be dialled, so that a second
 * DNS answer cannot lead elsewhere.
 */
export async function chooseDestination(
  policy: CompiledPolicy | null,
  resolver: CachingResolver,
  request: Pick<FrontRequest, "host" | "port">,
): Promise<DestinationChoice> {
  if (policy === null) {
    const text = "This proxy has no policy yet: it waits for the portal. Try again in a few seconds.";
    return { kind: "refuse", code: "no-policy", refusal: { socks: socksReply.generalFailure, http: 503, text } };
  }
  const { port } = request;
  const host = hostText(request.host);
  const early = decideHost(policy, { host, port });
  if (early.kind === "refused") return refuseByPolicy(early);
  if (request.host.kind === "address" && early.kind === "allowed")
    return { kind: "dial", destination: { addresses: [host], whiteListId: early.whiteListId } };
  const addresses = await resolver.resolve(host).catch(() => null);
  if (addresses === null)
    return {
      kind: "refuse",
      code: "no-such-name",
      refusal: refusalForErrno("ENOTFOUND", authorityText(request.host, port)),
    };
  const decisions = addresses.map((address) => ({ address, decision: decideAddress(policy, { host, port, address }) }));
  const allowed = decisions.flatMap(({ address, decision }) =>
    decision.kind === "allowed" ? [{ address, whiteListId: decision.whiteListId }] : [],
  );
  const [first] = allowed;
  if (first !== undefined)
    return {
      kind: "dial",
      destination: { addresses: allowed.map(({ address }) => address), whiteListId: first.whiteListId },
    };
  const refused = decisions.map(({ decision }) => decision).find((decision) => decision.kind === "refused");
  return refused === undefined
    ? { kind: "refuse", code: "no-such-name", refusal: refusalForErrno("ENOTFOUND", host) }
    : refuseByPolicy(refused);
}
