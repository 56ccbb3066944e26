import { type PolicySnapshot, policySnapshotSchema } from "@/lib/contracts/policy";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { insertPolicyVersion } from "@/lib/db/policy-versions";
import { compilePolicy } from "@/lib/policy";

/** A policy before it gets its number and time. */
export type PolicyContent = Omit<PolicySnapshot, "version" | "publishedAt">;

const contentSchema = policySnapshotSchema.omit({ version: true, publishedAt: true });

/**
 * Publish a policy as the next version, inside a transaction the caller holds. Nodes and agents get it on commit.
 *
 * Errors: ZodError for a bad shape, AppError POLICY_BAD_CIDR or POLICY_BAD_RULE for contents no node could use.
 */
export async function publishPolicyWithin(
  transaction: Transaction,
  input: { content: PolicyContent; reason: string; actor: string },
): Promise<number> {
  const content = contentSchema.parse(input.content);
  compilePolicy({ ...content, version: 1 });
  return insertPolicyVersion(transaction, { content, reason: input.reason, actor: input.actor });
}

/** Publish a policy as the next version; see publishPolicyWithin. @returns the version */
export async function publishPolicy(input: { content: PolicyContent; reason: string; actor: string }): Promise<number> {
  return getDatabase().$transaction((transaction) => publishPolicyWithin(transaction, input));
}
