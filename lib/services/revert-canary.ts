import type { PolicySnapshot } from "@/lib/contracts/policy";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import type { StaffActor } from "./actor";
import { policyTransaction } from "./change-draft";
import { type Ending, endCanary } from "./end-canary";
import { contentOf } from "./policy-content";
import { readStoredContent, rememberSnapshot } from "./policy-snapshots";
import { readPolicyState } from "./policy-state";
import { publishPolicyWithin } from "./publish-policy";

async function revertWithin(
  transaction: Transaction,
  { trial, inForce, reason, actor }: Ending,
): Promise<PolicySnapshot> {
  const content = contentOf(inForce);
  const sourceVersion = trial.snapshot.version;
  const stored = await readStoredContent(inForce.version, transaction);
  return publishPolicyWithin(transaction, { content, stored, reason, actor, kind: "revert", sourceVersion });
}

/** End the trial: those who tried it get the policy in force back. Errors: AppError AUTH_FORBIDDEN, POLICY_NO_CANARY. */
export function revertCanary(staff: StaffActor, { reason }: { reason: string }): Promise<PolicyVersion> {
  return endCanary(staff, reason, revertWithin);
}

/** End this trial because it failed; nothing where it has ended already. */
export async function revertFailedCanary({ version, reason }: { version: number; reason: string }): Promise<void> {
  const snapshot = await getDatabase().$transaction(async (transaction) => {
    await lockPolicy(transaction);
    const { trial, inForce } = await readPolicyState(transaction);
    if (trial?.snapshot.version !== version) return null;
    return revertWithin(transaction, { trial, inForce, reason, actor: "system" });
  }, policyTransaction);
  if (snapshot !== null) rememberSnapshot(snapshot);
}
