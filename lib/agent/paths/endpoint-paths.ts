import type { PathManager } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

const extraSubflows = 4;

type Kernel = Pick<PathManager, "limits" | "setLimits" | "endpoints" | "addEndpoint" | "removeEndpoint">;

/**
 * Where the kernel's path manager stays in charge: the addresses of the links as its endpoints, so that each connection
 * gets a subflow over every link. Endpoints that were there before are left alone.
 */
export class EndpointPaths {
  private readonly limitsBefore;
  private readonly added = new Map<string, number>();

  /** Errors: NativeError where the path manager refuses; what was added by then is taken away. */
  constructor(
    private readonly kernel: Kernel,
    addresses: readonly string[],
    private readonly log: Log,
  ) {
    this.limitsBefore = kernel.limits();
    const subflows = Math.max(this.limitsBefore.subflows, extraSubflows);
    kernel.setLimits({ ...this.limitsBefore, subflows });
    try {
      for (const address of addresses) this.add(address);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** The link is there. */
  add(address: string): void {
    const isKnown = this.kernel.endpoints().some((endpoint) => endpoint.address === address);
    if (!isKnown)
      this.added.set(address, this.kernel.addEndpoint({ address, interfaceName: null, flags: ["subflow"] }));
  }

  /** The link is gone: peers are told over the other one. */
  drop(address: string): void {
    const id = this.added.get(address);
    if (id === undefined) return;
    this.added.delete(address);
    this.kernel.removeEndpoint(id);
  }

  /** All connections join anew from this address; those that still had a subflow from there lose it for a moment. */
  renew(address: string): void {
    if (!this.added.has(address)) return;
    this.drop(address);
    this.add(address);
  }

  stop(): void {
    try {
      for (const address of [...this.added.keys()]) this.drop(address);
      this.kernel.setLimits(this.limitsBefore);
    } catch (error) {
      this.log.warn({ reason: errorMessage(error) }, "endpoints not taken away");
    }
  }
}
