import { say } from "@/lib/contracts/sentences";
import type { Transaction } from "@/lib/db/client";
import { sharePolicy } from "@/lib/db/policy-versions";
import type { Said } from "@/lib/shared/said";
import { FieldsRefused } from "./fields-refused";
import { readPolicyState } from "./policy-state";

export type PolicyIds = { classIds: string[]; whiteListIds: string[] };

/**
 * What a subscriber may have by the policy in force, which stays in force to the end of the transaction.
 * Errors: AppError POLICY_MISSING.
 */
export async function holdPolicyIds(transaction: Transaction): Promise<PolicyIds> {
  await sharePolicy(transaction);
  const { inForce } = await readPolicyState(transaction);
  return { classIds: inForce.serviceClasses.map(({ id }) => id), whiteListIds: inForce.whiteLists.map(({ id }) => id) };
}

/** Errors: FieldsRefused (REQUEST_INVALID) for a class or a list that the policy in force does not have. */
export function requirePolicyIds(
  known: PolicyIds,
  wanted: { serviceClassId?: string | undefined; extraWhiteListIds?: readonly string[] | undefined },
  classField = "serviceClassId",
): void {
  const fields: Record<string, Said> = {};
  const { serviceClassId, extraWhiteListIds = [] } = wanted;
  if (serviceClassId !== undefined && !known.classIds.includes(serviceClassId))
    fields[classField] = say("classNotInForce", { id: serviceClassId, known: known.classIds.join(", ") });
  const missing = extraWhiteListIds.filter((id) => !known.whiteListIds.includes(id));
  if (missing.length > 0) fields["extraWhiteListIds"] = say("listsNotInForce", { ids: missing.join(", ") });
  if (Object.keys(fields).length > 0) throw new FieldsRefused("REQUEST_INVALID", fields);
}
