import type { PolicySnapshot } from "@/lib/contracts/policy";
import { type PublishScope, publishScopeSchema } from "@/lib/contracts/policy-admin";
import { type Database, getDatabase, type Transaction } from "@/lib/db/client";
import { readPolicyHeads } from "@/lib/db/policy-versions";
import { isInCanary } from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import { readSnapshot } from "./policy-snapshots";

export type PolicyTrial = { scope: PublishScope; snapshot: PolicySnapshot; publishedAt: Date };
export type PolicyState = { inForce: PolicySnapshot; trial: PolicyTrial | null };

/** The policy in force and the trial that is on, as the database has them; null before the first policy. */
export async function findPolicyState(database: Database | Transaction = getDatabase()): Promise<PolicyState | null> {
  const { inForce, trial } = await readPolicyHeads(database);
  if (inForce === null) return null;
  const snapshot = await readSnapshot(inForce.version, database);
  if (trial === null) return { inForce: snapshot, trial: null };
  const { publishedAt, version } = trial;
  const scope = publishScopeSchema.parse(trial.scope);
  return { inForce: snapshot, trial: { scope, publishedAt, snapshot: await readSnapshot(version, database) } };
}

/** Errors: AppError POLICY_MISSING before the first policy is published. */
export async function readPolicyState(database: Database | Transaction = getDatabase()): Promise<PolicyState> {
  const state = await findPolicyState(database);
  if (state === null) throw new AppError("POLICY_MISSING", "No policy is published yet. Try again later.");
  return state;
}

/** The main policy of a node: the trial where it is one of the nodes that try it. */
export function mainSnapshotFor({ inForce, trial }: PolicyState, nodeId: string): PolicySnapshot {
  return trial?.scope.kind === "nodes" && trial.scope.nodeIds.includes(nodeId) ? trial.snapshot : inForce;
}

/** The policy that counts for a subscriber: on a node that tries a version, or drawn for the trial, the trial. */
export function snapshotForSubscriber(
  state: PolicyState,
  subscriberId: string,
  nodeId: string | null = null,
): PolicySnapshot {
  const { inForce, trial } = state;
  if (trial?.scope.kind === "percent") {
    const { percent } = trial.scope;
    const { version } = trial.snapshot;
    return isInCanary({ subscriberId, version, percent }) ? trial.snapshot : inForce;
  }
  return nodeId === null ? inForce : mainSnapshotFor(state, nodeId);
}
