import type { FindingList } from "@/lib/contracts/policy-admin";
import { findDraftFindings } from "./draft-findings";
import { readDraft } from "./policy-draft";

const maxItems = 1000;

/** What is wrong with the draft, errors first. */
export async function listDraftFindings(): Promise<FindingList> {
  const draft = await readDraft();
  const findings = await findDraftFindings(draft);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return {
    etag: draft.etag,
    errors,
    warnings: findings.length - errors,
    items: findings.slice(0, maxItems),
  };
}
