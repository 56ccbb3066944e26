import type { LiveNode } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";

export type NodeState = "up" | "draining" | "drained" | "restarting" | "down";

/** Sessions of all its processes: those that were taken over from serve theirs to the end. */
export function sessionsLeft({ status, retiring }: LiveNode): number {
  return [...(status === null ? [] : [status]), ...retiring].reduce((sum, { sessions }) => sum + sessions, 0);
}

/** What a node does now; an order that it has not confirmed yet counts for a restart only. */
export function nodeState(node: LiveNode): NodeState {
  const { health, status, order } = node;
  if (health === "down") return "down";
  if (order !== null && status !== null && order.restarts > status.order.restarts) return "restarting";
  if (status?.state !== "draining") return "up";
  return sessionsLeft(node) === 0 ? "drained" : "draining";
}

export function sessionsText(t: Translate, sessions: number): string {
  return t("nodes.sessionCount", { sessions });
}

/** The state in words. */
export function stateText(t: Translate, node: LiveNode): string {
  switch (nodeState(node)) {
    case "up":
      return t("nodes.up");
    case "draining":
      return t("nodes.drainingLeft", { sessions: sessionsText(t, sessionsLeft(node)) });
    case "drained":
      return t("nodes.drained");
    case "restarting":
      return t("nodes.restarting");
    case "down":
      return t("nodes.isDown");
  }
}

/** Whether the node works by the order as it stands. */
export function isOrderTaken({ status, order }: LiveNode): boolean {
  return order === null || (status !== null && status.order.revision >= order.revision);
}

export type Feature = { name: string; isThere: boolean; reason: string | null };

/** What the kernel of the node gives, with the reason where it does not. */
export function nodeFeatures(t: Translate, { status }: LiveNode): Feature[] {
  if (status === null) return [];
  const { hasMptcp, mptcpReason, steeringReason, pacingReason } = status;
  return [
    { name: "MPTCP", isThere: hasMptcp, reason: mptcpReason },
    { name: t("nodes.pathSteering"), isThere: hasMptcp && steeringReason === null, reason: steeringReason },
    { name: t("nodes.pathPacing"), isThere: hasMptcp && pacingReason === null, reason: pacingReason },
  ];
}
