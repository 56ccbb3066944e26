import { isIPv4 } from "node:net";
import type { Entitlement } from "@/lib/contracts/policy";
import { authorityText, type Host } from "@/lib/protocols/host";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import { chooseDestination, type Destination } from "../choose-destination";
import type { PolicyStore } from "../policy-store";
import type { NodePolicy } from "../policy-versions";

/** Where datagrams for one host and port go; null where policy refuses it, or its name has no address. */
export type DatagramDestination = (Omit<Destination, "addresses"> & { address: string }) | null;

type Decision = {
  policy: NodePolicy | null;
  entitlement: Entitlement;
  until: number;
  made: Promise<DatagramDestination>;
};

/** A name's address may change: it is asked for again after so long. */
const decisionMs = 30_000;
/** Decisions that are kept; more destinations are decided about every time. */
const maxDecisions = 1024;

/** One association's decisions, made anew where the policy or what its device may do has changed. */
export class DestinationDecisions {
  private readonly kept = new Map<string, Decision>();

  constructor(
    private readonly policy: Pick<PolicyStore, "policyFor">,
    private readonly resolver: CachingResolver,
    /** Told of each decision when it is made, and why one refuses. */
    private readonly onDecided: (
      destination: DatagramDestination,
      host: Host,
      port: number,
      code: string | null,
    ) => void,
  ) {}

  decide(entitlement: Entitlement, host: Host, port: number): Promise<DatagramDestination> {
    const policy = this.policy.policyFor(entitlement.subscriberId);
    const key = authorityText(host, port);
    const known = this.kept.get(key);
    const isFresh = known !== undefined && known.until > performance.now();
    if (isFresh && known.policy === policy && known.entitlement === entitlement) return known.made;
    if (this.kept.size >= maxDecisions) this.kept.clear();
    const made = this.make(policy, entitlement, { host, port }, known?.made ?? null);
    this.kept.set(key, { policy, entitlement, until: performance.now() + decisionMs, made });
    return made;
  }

  private async make(
    policy: NodePolicy | null,
    entitlement: Entitlement,
    { host, port }: { host: Host; port: number },
    earlier: Promise<DatagramDestination> | null,
  ): Promise<DatagramDestination> {
    const extraIds = new Set(entitlement.extraWhiteListIds);
    const choice = await chooseDestination(policy, this.resolver, { host, port }, extraIds);
    if (choice.kind === "refuse") {
      this.onDecided(null, host, port, choice.code);
      return null;
    }
    const { addresses, ...rest } = choice.destination;
    // A flow stays where it is, whatever order DNS has now. Nothing says which answers first: more networks have IPv4.
    const before = (await earlier)?.address;
    const address = addresses.find((one) => one === before) ?? addresses.find(isIPv4) ?? addresses[0];
    const destination = address === undefined ? null : { ...rest, address };
    this.onDecided(destination, host, port, null);
    return destination;
  }
}
