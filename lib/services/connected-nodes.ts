import { processSingleton } from "./process-singleton";

/** A node whose telemetry came this recently is connected, though its policy stream may be at another portal. */
const heardMs = 10_000;

function openStreams(): Map<string, number> {
  return processSingleton("connected-nodes", () => new Map<string, number>());
}

/** Note that a node's policy stream is open. @returns notes its end */
export function connectNode(nodeId: string): () => void {
  const streams = openStreams();
  streams.set(nodeId, (streams.get(nodeId) ?? 0) + 1);
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    const left = (streams.get(nodeId) ?? 1) - 1;
    if (left > 0) streams.set(nodeId, left);
    else streams.delete(nodeId);
  };
}

/** True while the node's policy stream is open here, or it was heard a moment ago. */
export function isNodeConnected(node: { id: string; lastSeenAt: Date | null }): boolean {
  return openStreams().has(node.id) || Date.now() - (node.lastSeenAt?.getTime() ?? 0) < heardMs;
}
