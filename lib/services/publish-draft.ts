import type { PolicyVersion, PublishScope } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { lockPolicy } from "@/lib/db/policy-versions";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor } from "./actor";
import { policyRoles, policyTransaction } from "./change-draft";
import { describeVersion } from "./describe-versions";
import { findDraftFindings } from "./draft-findings";
import { describeDraft } from "./get-draft";
import { LostUpdate, type Precondition } from "./lost-update";
import { type PolicyDraft, readDraft } from "./policy-draft";
import { rememberSnapshot } from "./policy-snapshots";
import { readPolicyState } from "./policy-state";
import { publishPolicyWithin } from "./publish-policy";
import { requireNoErrors } from "./require-no-errors";

/** Errors: AppError POLICY_CANARY_ON. */
export function requireNoTrial(state: { trial: { snapshot: { version: number } } | null }): void {
  if (state.trial !== null)
    throw new AppError(
      "POLICY_CANARY_ON",
      `Version ${state.trial.snapshot.version} is on trial. Promote or revert it before anything else is published.`,
    );
}

async function requireKnownNodes(scope: PublishScope): Promise<void> {
  if (scope.kind !== "nodes") return;
  const known = await getDatabase().node.findMany({
    where: { id: { in: scope.nodeIds }, kind: "proxy", revokedAt: null },
    select: { id: true },
  });
  const missing = scope.nodeIds.filter((id) => !known.some((node) => node.id === id));
  if (missing.length > 0) throw new AppError("NODE_UNKNOWN", `There is no proxy node ${missing.join(", ")}.`);
}

/**
 * Publish the draft: for everyone, or as a trial for some nodes or a part of the subscribers, whose changes stay in
 * the draft until it is promoted.
 *
 * Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED, POLICY_CANARY_ON, POLICY_HAS_ERRORS, POLICY_NO_CHANGES,
 * NODE_UNKNOWN.
 */
export async function publishDraft(
  staff: StaffActor,
  input: { reason: string; scope: PublishScope; precondition: Precondition },
): Promise<PolicyVersion> {
  requireRole(staff, policyRoles);
  const { reason, scope, precondition } = input;
  await requireKnownNodes(scope);
  const outcome = await getDatabase().$transaction(async (transaction) => {
    await lockPolicy(transaction);
    const draft = await readDraft(transaction);
    if (precondition.kind !== "matches" || precondition.etag !== draft.etag) return { changed: draft };
    requireNoTrial(await readPolicyState(transaction));
    if (draft.changes.length === 0)
      throw new AppError("POLICY_NO_CHANGES", "The draft is the policy in force: there is nothing to publish.");
    requireNoErrors(await findDraftFindings(draft, transaction));
    const actor = auditName(staff);
    const kind = scope.kind === "everyone" ? ("publish" as const) : ("canary" as const);
    const { content } = draft;
    return { snapshot: await publishPolicyWithin(transaction, { content, reason, actor, kind, scope }) };
  }, policyTransaction);
  if (outcome.snapshot === undefined) throw await lostDraft(outcome.changed);
  rememberSnapshot(outcome.snapshot);
  return describeVersion(outcome.snapshot.version);
}

async function lostDraft(draft: PolicyDraft): Promise<LostUpdate> {
  const message = "The draft was changed since you read it. Look at what it changes now and publish again.";
  return new LostUpdate(message, { etag: draft.etag, item: await describeDraft(draft) });
}
