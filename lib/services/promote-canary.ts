import type { PolicySnapshot } from "@/lib/contracts/policy";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import type { Transaction } from "@/lib/db/client";
import type { StaffActor } from "./actor";
import { type Ending, endCanary } from "./end-canary";
import { contentOf } from "./policy-content";
import { readStoredContent } from "./policy-snapshots";
import { publishPolicyWithin } from "./publish-policy";
import { requireNothingInUseLost } from "./require-no-errors";

async function promoteWithin(
  transaction: Transaction,
  { trial, inForce, reason, actor }: Ending,
): Promise<PolicySnapshot> {
  const content = contentOf(trial.snapshot);
  const sourceVersion = trial.snapshot.version;
  await requireNothingInUseLost(transaction, inForce, content);
  const stored = await readStoredContent(sourceVersion, transaction);
  return publishPolicyWithin(transaction, { content, stored, reason, actor, kind: "promote", sourceVersion });
}

/**
 * End the trial: its content becomes the policy of everyone.
 * Errors: AppError AUTH_FORBIDDEN, POLICY_NO_CANARY, POLICY_HAS_ERRORS.
 */
export function promoteCanary(staff: StaffActor, { reason }: { reason: string }): Promise<PolicyVersion> {
  return endCanary(staff, reason, promoteWithin);
}
