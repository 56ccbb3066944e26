import type { PolicyVersionDetail } from "@/lib/contracts/policy-admin";
import { describeVersion } from "./describe-versions";
import { readSnapshot } from "./policy-snapshots";

/** One version with its snapshot. Errors: AppError POLICY_VERSION_UNKNOWN. */
export async function getPolicyVersion(version: number): Promise<PolicyVersionDetail> {
  const described = await describeVersion(version);
  return { ...described, snapshot: await readSnapshot(version) };
}
