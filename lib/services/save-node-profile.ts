import type { NodeProfile, ShownNodeOrder } from "@/lib/contracts/nodes";
import type { StaffActor } from "./actor";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import { orderNode, profileOf } from "./node-orders";

/**
 * Set what staff call a node, its region, and the address that devices are told.
 *
 * @param input `seen`: the profile that this one is to replace; null: whatever it is
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, PRECONDITION_FAILED.
 */
export function saveNodeProfile(
  staff: StaffActor,
  { profile, seen, ...input }: { nodeId: string; reason: string; profile: NodeProfile; seen: Precondition | null },
): Promise<ShownNodeOrder> {
  const { name, region, address } = profile;
  return orderNode(staff, input, {
    kind: "profile",
    change: (row) => {
      const item = profileOf(row);
      const etag = etagOf(item);
      if (seen !== null) requireUnchanged(seen, { etag, item }, `The profile of ${row.name}`);
      return etag === etagOf(profile) ? null : { name, region, address };
    },
  });
}
