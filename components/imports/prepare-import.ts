import type { Tone } from "@/components/ui/badge";
import type { ImportJob, ImportOutcome, ImportState } from "@/lib/contracts/subscribers";

export const stateNames: Record<ImportState, { name: string; tone: Tone }> = {
  checking: { name: "Checking", tone: "accent" },
  checked: { name: "Ready to commit", tone: "warn" },
  committing: { name: "Writing", tone: "accent" },
  done: { name: "Done", tone: "good" },
  failed: { name: "Failed", tone: "bad" },
  cancelled: { name: "Cancelled", tone: "neutral" },
};

export const outcomeNames: Record<ImportOutcome, string> = {
  create: "New",
  update: "Changed",
  unchanged: "Unchanged",
  error: "With an error",
};

export function isWorking({ state }: Pick<ImportJob, "state">): boolean {
  return state === "checking" || state === "committing";
}

/** 0 to 1; a job of no rows is done. */
export function fractionOf({ rows, progress }: Pick<ImportJob, "rows" | "progress">): number {
  return rows === 0 ? 0 : Math.min(1, progress / rows);
}

/** What a commit would do, or did, in one sentence. */
export function describeImport({ state, counts }: Pick<ImportJob, "state" | "counts">): string {
  const of = (outcome: ImportOutcome): string => (counts[outcome] ?? 0).toLocaleString("en-GB");
  const verb = state === "done" ? "were" : "would be";
  const errors =
    counts.error === 0 ? "" : ` ${of("error")} rows have an error and ${state === "done" ? "were" : "are"} left out.`;
  return `${of("create")} subscribers ${verb} added, ${of("update")} changed, ${of("unchanged")} are as they were.${errors}`;
}
