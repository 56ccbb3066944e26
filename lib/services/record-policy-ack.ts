import type { PolicyAck } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import type { NodeActor } from "./actor";
import { isInScope } from "./canary-watch";
import { readPolicyState } from "./policy-state";
import { revertFailedCanary } from "./revert-canary";

/**
 * Note that a node took a policy version, or could not; of two answers the later one counts. A trial that a node in its
 * scope could not take ends.
 *
 * Errors: AppError POLICY_VERSION_UNKNOWN.
 */
export async function recordPolicyAck(node: NodeActor, ack: PolicyAck): Promise<void> {
  const { version, isApplied, reason } = ack;
  const database = getDatabase();
  if ((await database.policyVersion.count({ where: { version } })) === 0)
    throw new AppError("POLICY_VERSION_UNKNOWN", `There is no policy version ${version}.`);
  const answer = { isApplied, reason, at: new Date() };
  await database.policyAck.upsert({
    where: { version_nodeId: { version, nodeId: node.id } },
    create: { version, nodeId: node.id, ...answer },
    update: answer,
  });
  if (isApplied) return;
  const { trial } = await readPolicyState();
  if (trial?.snapshot.version !== version || !isInScope(trial.scope, node.id)) return;
  await revertFailedCanary({ version, reason: `${node.name} could not use it: ${reason ?? "it did not say why"}` });
}
