import { tell } from "@/components/api/tell";
import type { Tone } from "@/components/ui/badge";
import type { ImportJob, ImportOutcome, ImportRow, ImportState } from "@/lib/contracts/subscribers";
import { joinSentences } from "@/lib/shared/said";
import type { Translate } from "@/lib/words/translate";

export const stateNames = (t: Translate): Record<ImportState, { name: string; tone: Tone }> => ({
  checking: { name: t("imports.checking"), tone: "accent" },
  checked: { name: t("imports.readyToCommit"), tone: "warn" },
  committing: { name: t("imports.writing"), tone: "accent" },
  done: { name: t("common.done"), tone: "good" },
  failed: { name: t("imports.failed"), tone: "bad" },
  cancelled: { name: t("imports.cancelled"), tone: "neutral" },
});

export const outcomeNames = (t: Translate): Record<ImportOutcome, string> => ({
  create: t("imports.new"),
  update: t("common.changed"),
  unchanged: t("imports.unchanged"),
  error: t("imports.withAnError"),
});

export function isWorking({ state }: Pick<ImportJob, "state">): boolean {
  return state === "checking" || state === "committing";
}

/** 0 to 1; a job of no rows is done. */
export function fractionOf({ rows, progress }: Pick<ImportJob, "rows" | "progress">): number {
  return rows === 0 ? 0 : Math.min(1, progress / rows);
}

/** What a commit would do, or did, in one sentence. */
export function describeImport(t: Translate, { state, counts }: Pick<ImportJob, "state" | "counts">): string {
  const of = (outcome: ImportOutcome): number => counts[outcome] ?? 0;
  const isDone = state === "done" ? "yes" : "no";
  const errors =
    counts.error === 0 ? "" : ` ${t("imports.rowsHaveAnErrorAndAreLeftOut", { rows: of("error"), isDone })}`;
  const changes = t("imports.whatChanges", {
    isDone,
    created: of("create"),
    updated: of("update"),
    unchanged: of("unchanged"),
  });
  return `${changes}${errors}`;
}

/** What to know of a row, in the reader's language; as the portal says it where it is not known here. */
export function tellRow(t: Translate, { message, told }: Pick<ImportRow, "message" | "told">): string {
  const parts = told.map((one) => tell(t, "", one));
  return parts.includes("") ? message : joinSentences(parts);
}
