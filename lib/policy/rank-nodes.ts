import { hash } from "./hash";

export type RankedNode = {
  id: string;
  region: string | null;
  /** Sessions of the most it takes, 0 to 1. */
  load: number;
  isDraining: boolean;
  /** The portal hears it. */
  isHeard: boolean;
};

/** A full node still gets some: the others may be full as well. */
const leastShare = 0.02;

/** Nodes that serve, then those that drain, then those that nobody hears. */
function group({ isHeard, isDraining }: RankedNode): number {
  return isHeard ? (isDraining ? 1 : 0) : 2;
}

/**
 * The order in which a device tries proxy nodes: those that serve before others, those of its region before others, and
 * among equals by a weighted draw in which a node's weight is what it has free. The draw is the device's own and stays:
 * a node that comes, goes, or fills up moves only the devices that this concerns, and a failed node's devices spread
 * over all others.
 *
 * Source: C. Schindelhauer, G. Schomaker, "Weighted Distributed Hash Tables", SPAA 2005 (logarithmic method).
 */
export function rankNodes<Node extends RankedNode>(
  nodes: readonly Node[],
  device: { deviceId: string; region: string | null },
): Node[] {
  const isElsewhere = ({ region }: Node): number => (device.region === null || region === device.region ? 0 : 1);
  const draw = ({ id, load }: Node): number => {
    const uniform = (hash(`${device.deviceId} ${id}`) + 1) / (2 ** 32 + 1);
    return -Math.log(uniform) / Math.max(leastShare, 1 - load);
  };
  return [...nodes].sort(
    (one, other) => group(one) - group(other) || isElsewhere(one) - isElsewhere(other) || draw(one) - draw(other) || 0,
  );
}
