import type { PolicyDiff } from "@/lib/contracts/policy-admin";
import { diffPolicies } from "@/lib/policy";
import { readDraft } from "./policy-draft";
import { readSnapshot } from "./policy-snapshots";

/** What changed from `against` to `version`. Errors: AppError POLICY_VERSION_UNKNOWN. */
export async function diffPolicyVersions(version: number, against: number): Promise<PolicyDiff> {
  const [after, before] = await Promise.all([readSnapshot(version), readSnapshot(against)]);
  return { from: against, to: version, items: diffPolicies(before, after) };
}

/** What the draft changes in the policy in force. */
export async function diffDraft(): Promise<PolicyDiff> {
  const { base, content } = await readDraft();
  return { from: base.version, to: null, items: diffPolicies(base, content) };
}
