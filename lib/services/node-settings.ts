import type { EditedNodeSettings, NodeSettings } from "@/lib/contracts/nodes";
import { AppError } from "@/lib/shared/errors";
import type { StaffActor } from "./actor";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import { findNodeOrder, orderNode, settingsOf } from "./node-orders";

/** What staff set of a node. Errors: AppError NODE_UNKNOWN. */
export async function getNodeSettings(nodeId: string): Promise<EditedNodeSettings> {
  const order = await findNodeOrder(nodeId);
  if (order === null) throw new AppError("NODE_UNKNOWN", `There is no proxy node ${nodeId}.`);
  return { etag: etagOf(order.settings), item: order.settings };
}

/**
 * Change what staff set of a node; it puts it in force at once, or when it is back.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, PRECONDITION_FAILED.
 */
export async function saveNodeSettings(
  staff: StaffActor,
  input: { nodeId: string; reason: string; settings: NodeSettings; precondition: Precondition },
): Promise<EditedNodeSettings> {
  const { settings, precondition } = input;
  await orderNode(staff, input, {
    kind: "settings",
    change: (row) => {
      const item = settingsOf(row.settings);
      requireUnchanged(precondition, { etag: etagOf(item), item }, `The settings of ${row.name}`);
      return etagOf(item) === etagOf(settings) ? null : { settings };
    },
  });
  return getNodeSettings(input.nodeId);
}
