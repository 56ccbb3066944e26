import type { PolicySnapshot } from "@/lib/contracts/policy";
import { findPolicyState } from "./policy-state";

/** The policy in force for everyone; null in an empty database. */
export async function currentPolicy(): Promise<PolicySnapshot | null> {
  return (await findPolicyState())?.inForce ?? null;
}
