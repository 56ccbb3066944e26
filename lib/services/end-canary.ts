import type { PolicySnapshot } from "@/lib/contracts/policy";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { policyRoles, policyTransaction } from "./change-draft";
import { describeVersion } from "./describe-versions";
import { rememberSnapshot } from "./policy-snapshots";
import { type PolicyTrial, readPolicyState } from "./policy-state";

export type Ending = { trial: PolicyTrial; inForce: PolicySnapshot; reason: string; actor: string };

/** Publish what follows the trial that is on. Errors: AppError AUTH_FORBIDDEN, POLICY_NO_CANARY. */
export async function endCanary(
  staff: StaffActor,
  reason: string,
  publish: (transaction: Transaction, ending: Ending) => Promise<PolicySnapshot>,
): Promise<PolicyVersion> {
  requireRole(staff, policyRoles);
  const snapshot = await getDatabase().$transaction(async (transaction) => {
    await lockPolicy(transaction);
    const { trial, inForce } = await readPolicyState(transaction);
    if (trial === null) throw new AppError("POLICY_NO_CANARY", "No version is on trial (any more).");
    return publish(transaction, { trial, inForce, reason, actor: auditName(staff) });
  }, policyTransaction);
  rememberSnapshot(snapshot);
  return describeVersion(snapshot.version);
}
