import type { NodeProfile, ShownNodeOrder } from "@/lib/contracts/nodes";
import type { StaffActor } from "./actor";
import { orderNode } from "./node-orders";

/**
 * Set what staff call a node, its region, and the address that devices are told.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN.
 */
export function saveNodeProfile(
  staff: StaffActor,
  { profile, ...input }: { nodeId: string; reason: string; profile: NodeProfile },
): Promise<ShownNodeOrder> {
  const { name, region, address } = profile;
  return orderNode(staff, input, {
    kind: "profile",
    change: (row) =>
      row.name === name && row.region === region && row.address === address ? null : { name, region, address },
  });
}
