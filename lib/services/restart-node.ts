import type { ShownNodeOrder } from "@/lib/contracts/nodes";
import { AppError } from "@/lib/shared/errors";
import type { StaffActor } from "./actor";
import { isNodeConnected } from "./connected-nodes";
import { orderNode } from "./node-orders";

/**
 * Have a node replace its process by a new one; its sessions are served to the end.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, NODE_AWAY: a node that is not there cannot restart.
 */
export function restartNode(staff: StaffActor, input: { nodeId: string; reason: string }): Promise<ShownNodeOrder> {
  return orderNode(staff, input, {
    kind: "restart",
    change: (row) => {
      if (!isNodeConnected(row))
        throw new AppError("NODE_AWAY", `${row.name} is not connected: nothing can be restarted from here.`);
      return { restarts: row.restarts + 1 };
    },
  });
}
