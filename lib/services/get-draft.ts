import type { Draft } from "@/lib/contracts/policy-admin";
import { describeVersion } from "./describe-versions";
import { type PolicyDraft, readDraft } from "./policy-draft";
import { readPolicyState } from "./policy-state";
import { staffNames } from "./staff-names";

/** The draft as pages show it: what it changes, and the trial that is on. */
export async function describeDraft(draft: PolicyDraft): Promise<Draft> {
  const { trial } = await readPolicyState();
  const nameOf = await staffNames(draft.changes.map(({ changedBy }) => changedBy));
  return {
    baseVersion: draft.base.version,
    etag: draft.etag,
    changes: draft.changes.map((change) => ({ ...change, changedBy: nameOf(change.changedBy) })),
    canary: trial === null ? null : await describeVersion(trial.snapshot.version),
  };
}

/** The draft as it is now. Errors: AppError POLICY_MISSING. */
export async function getDraft(): Promise<Draft> {
  return describeDraft(await readDraft());
}
