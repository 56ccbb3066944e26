import { type AlertKind, type AlertRuleInput, alertRuleInputSchema, measuredKinds } from "@/lib/contracts/alerts";
import type { Translate } from "@/lib/words/translate";

export function isMeasured(kind: AlertKind): boolean {
  return measuredKinds.some((measured) => measured === kind);
}

export type RuleForm = { isOn: boolean; threshold: string; holdSeconds: string };
export type RuleErrors = Partial<Record<"threshold" | "holdSeconds", string>>;

export function ruleForm({ isOn, threshold, holdSeconds }: AlertRuleInput): RuleForm {
  return { isOn, threshold: threshold === null ? "" : String(threshold), holdSeconds: String(holdSeconds) };
}

function numberOf(text: string): number | null {
  return /^\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(",", ".")) : null;
}

/** What was typed as the contract has it; null with what to mend. */
export function readRuleForm(
  t: Translate,
  kind: AlertKind,
  form: RuleForm,
): { input: AlertRuleInput | null; errors: RuleErrors } {
  const threshold = isMeasured(kind) ? numberOf(form.threshold) : null;
  const errors: RuleErrors = {};
  if (isMeasured(kind) && (threshold === null || threshold > 100)) errors.threshold = t("alerts.giveANumberFrom0To");
  const parsed = alertRuleInputSchema.safeParse({
    isOn: form.isOn,
    threshold,
    holdSeconds: numberOf(form.holdSeconds),
  });
  if (parsed.error?.issues.some(({ path }) => path[0] === "holdSeconds") === true)
    errors.holdSeconds = t("alerts.giveWholeSeconds86400AtMost");
  return { input: Object.keys(errors).length === 0 ? (parsed.data ?? null) : null, errors };
}
