import type { ShownNodeOrder } from "@/lib/contracts/nodes";
import type { StaffActor } from "./actor";
import { orderNode } from "./node-orders";

/**
 * Have a node take no new sessions (or take them again); those that run go on. One that does so already is left alone.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN.
 */
export function drainNode(
  staff: StaffActor,
  { isDraining, ...input }: { nodeId: string; reason: string; isDraining: boolean },
): Promise<ShownNodeOrder> {
  return orderNode(staff, input, {
    kind: isDraining ? "drain" : "resume",
    change: (row) => (row.isDraining === isDraining ? null : { isDraining }),
  });
}
