import type { Access } from "@/lib/contracts/access";
import type { PathManager } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

/** One access link of this device: the address that programs of this device have on it. */
export type Link = { access: Access; address: string };

const extraSubflows = 4;

/**
 * Tell the kernel's path manager which addresses may carry further subflows, so that each connection to the proxy
 * gets one over every link. Endpoints that were there before are left alone.
 *
 * @returns takes away what was added and restores the limits
 * Errors: NativeError where the path manager refuses.
 */
export function announceLinks(pathManager: PathManager, links: readonly Link[], log: Log): () => void {
  const limitsBefore = pathManager.limits();
  pathManager.setLimits({ ...limitsBefore, subflows: Math.max(limitsBefore.subflows, extraSubflows) });
  const known = new Set(pathManager.endpoints().map((endpoint) => endpoint.address));
  const added = links
    .filter((link) => !known.has(link.address))
    .map((link) => pathManager.addEndpoint({ address: link.address, interfaceName: null, flags: ["subflow"] }));
  return () => {
    try {
      for (const id of added) pathManager.removeEndpoint(id);
      pathManager.setLimits(limitsBefore);
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "endpoints not taken away");
    }
  };
}
