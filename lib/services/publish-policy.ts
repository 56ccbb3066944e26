import type { PolicySnapshot, ServiceClass } from "@/lib/contracts/policy";
import type { PublishScope } from "@/lib/contracts/policy-admin";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { notifyDatabase } from "@/lib/db/database-events";
import { insertPolicyVersion, lockPolicy, type PublishKind } from "@/lib/db/policy-versions";
import { compilePolicy } from "@/lib/policy";
import { policyTransaction } from "./change-draft";
import { clearOverlay, readOverlay } from "./draft-overlay";
import { etagOf } from "./lost-update";
import type { PolicyContent } from "./policy-content";
import { changedItems } from "./policy-draft";
import { rememberSnapshot } from "./policy-snapshots";
import { findPolicyState, type PolicyState } from "./policy-state";

export type Publication = {
  content: PolicyContent;
  reason: string;
  actor: string;
  kind?: PublishKind;
  sourceVersion?: number;
  scope?: PublishScope;
  /** The content as it is stored, where it is copied from a version. */
  stored?: Record<string, unknown>;
};

/** What decides which class a subscriber has: where it changes, nodes must ask anew. */
function quotaTag(classes: readonly ServiceClass[]): string {
  return etagOf(classes.map(({ id, lteQuotaBytes, whenQuotaReached }) => [id, lteQuotaBytes, whenQuotaReached]));
}

/**
 * Publish a policy as the next version, inside a transaction the caller holds. Nodes and agents get it on commit; then
 * the caller hands the snapshot to `rememberSnapshot`. Changes of the draft that it makes true leave the draft.
 *
 * @param known the state before, where this transaction has published already
 * Errors: ZodError for a bad shape, AppError POLICY_BAD_CIDR or POLICY_BAD_RULE for contents no node could use.
 */
export async function publishPolicyWithin(
  transaction: Transaction,
  input: Publication,
  known?: PolicyState,
): Promise<PolicySnapshot> {
  const { stored, content, ...version } = input;
  await lockPolicy(transaction);
  const before = known ?? (await findPolicyState(transaction));
  const inserted = await insertPolicyVersion(transaction, { ...version, content: stored ?? content });
  const snapshot = { ...content, version: inserted.version, publishedAt: inserted.publishedAt.toISOString() };
  const policies = before === null ? [] : [before.inForce, ...(before.trial === null ? [] : [before.trial.snapshot])];
  const quotas = new Set([snapshot, ...policies].map(({ serviceClasses }) => quotaTag(serviceClasses)));
  if (quotas.size > 1) await notifyDatabase(transaction, { type: "revoke", deviceIds: null });
  if (input.kind !== "canary") {
    const overlay = await readOverlay(transaction);
    const changed = new Set(changedItems(snapshot, overlay?.items ?? []));
    await clearOverlay(transaction, overlay?.items.filter((item) => !changed.has(item)) ?? []);
  }
  return snapshot;
}

/**
 * Publish a policy as the next version for everyone; see publishPolicyWithin.
 *
 * @returns the version
 * Errors: AppError POLICY_BAD_CIDR or POLICY_BAD_RULE for contents no node could use.
 */
export async function publishPolicy(input: Publication): Promise<number> {
  compilePolicy({ ...input.content, version: 1 });
  const snapshot = await getDatabase().$transaction(
    (transaction) => publishPolicyWithin(transaction, input),
    policyTransaction,
  );
  rememberSnapshot(snapshot);
  return snapshot.version;
}
