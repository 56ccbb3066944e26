import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { policyRoles, policyTransaction } from "./change-draft";
import { describeVersion } from "./describe-versions";
import { contentOf } from "./policy-content";
import { readSnapshot, readStoredContent, rememberSnapshot } from "./policy-snapshots";
import { readPolicyState } from "./policy-state";
import { requireNoTrial } from "./publish-draft";
import { publishPolicyWithin } from "./publish-policy";
import { requireNothingInUseLost } from "./require-no-errors";

/**
 * Publish an old version's content, exactly as it is stored, as a new version for everyone.
 *
 * Errors: AppError AUTH_FORBIDDEN, POLICY_VERSION_UNKNOWN, POLICY_CANARY_ON, POLICY_IN_FORCE, POLICY_HAS_ERRORS where
 * subscribers have a class or list that it lacks.
 */
export async function rollBackPolicy(
  staff: StaffActor,
  { version, reason }: { version: number; reason: string },
): Promise<PolicyVersion> {
  requireRole(staff, policyRoles);
  const snapshot = await getDatabase().$transaction(async (transaction) => {
    await lockPolicy(transaction);
    const state = await readPolicyState(transaction);
    const target = await readSnapshot(version, transaction);
    requireNoTrial(state);
    if (state.inForce.version === version)
      throw new AppError("POLICY_IN_FORCE", `Version ${version} is in force already.`);
    const content = contentOf(target);
    await requireNothingInUseLost(transaction, state.inForce, content);
    return publishPolicyWithin(transaction, {
      content,
      stored: await readStoredContent(version, transaction),
      reason,
      actor: auditName(staff),
      kind: "rollback",
      sourceVersion: version,
    });
  }, policyTransaction);
  rememberSnapshot(snapshot);
  return describeVersion(snapshot.version);
}
