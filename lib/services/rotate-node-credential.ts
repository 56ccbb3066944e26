import type { NodeCredential, ShownNodeOrder } from "@/lib/contracts/nodes";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { AppError } from "@/lib/shared/errors";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import type { NodeActor, StaffActor } from "./actor";
import { lockNode, type NodeChange, orderNode } from "./node-orders";

function requireJoined({ hasJoined, name }: { hasJoined: boolean; name: string }): void {
  if (hasJoined) return;
  throw new AppError(
    "NODE_NOT_JOINED",
    `${name} did not join by a code: whoever starts it gives it its credential, and changes it there.`,
  );
}

/**
 * Have a node ask for another credential: at once, or when it is back.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, NODE_NOT_JOINED.
 */
export function orderNodeCredential(
  staff: StaffActor,
  input: { nodeId: string; reason: string },
): Promise<ShownNodeOrder> {
  return orderNode(staff, input, credentialChange);
}

/** What such an order changes. */
export const credentialChange: NodeChange = {
  kind: "credential",
  change: (row) => {
    requireJoined(row);
    return row.isCredentialDue ? null : { isCredentialDue: true };
  },
};

/**
 * Make a node's credential void, once and for all: it is stolen or gone. It may join again by a new code, as another node.
 * Errors: AppError AUTH_FORBIDDEN, NODE_UNKNOWN, NODE_NOT_JOINED.
 */
export function revokeNode(staff: StaffActor, input: { nodeId: string; reason: string }): Promise<ShownNodeOrder> {
  return orderNode(staff, input, {
    kind: "revoke",
    change: (row) => {
      requireJoined(row);
      return { revokedAt: new Date() };
    },
  });
}

/**
 * Give a node another credential. The one that it calls with holds until the new one is used for the first time, so that
 * an answer that is lost, or a node that dies before it was written down, locks nobody out.
 * Errors: AppError NODE_NOT_JOINED.
 */
export async function issueNodeCredential(node: NodeActor): Promise<NodeCredential> {
  const secret = newSecret();
  await getDatabase().$transaction(async (transaction) => {
    requireJoined(await lockNode(transaction, node.id));
    const data = { nextSecretSha256: sha256Hex(secret) };
    await transaction.node.update({ where: { id: node.id }, data });
    const target = `node:${node.id}`;
    await appendAudit(transaction, { actor: target, action: "node.credential-issue", target });
  });
  return { nodeId: node.id, credential: `${node.id}.${secret}` };
}

/** A node used its new credential for the first time: the one before is void from here on. */
export async function adoptNodeCredential(nodeId: string, secretSha256: string): Promise<void> {
  await getDatabase().$transaction(async (transaction) => {
    const { count } = await transaction.node.updateMany({
      where: { id: nodeId, nextSecretSha256: secretSha256 },
      data: {
        secretSha256,
        nextSecretSha256: null,
        isCredentialDue: false,
        secretChangedAt: new Date(),
        orderRevision: { increment: 1 },
      },
    });
    if (count === 0) return;
    const target = `node:${nodeId}`;
    await appendAudit(transaction, { actor: target, action: "node.credential-adopt", target });
    await notifyDatabase(transaction, { type: "node", nodeId });
  });
}
