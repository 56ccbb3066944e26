import {
  type Alert,
  type AlertKind,
  type AlertRule,
  type AlertRuleInput,
  alertRuleInputSchema,
  measuredKinds,
} from "@/lib/contracts/alerts";
import type { Translate } from "@/lib/words/translate";

export const alertNames = (t: Translate): Record<AlertKind, string> => ({
  "fallback-ratio": t("alerts.fallbackToPlainTcp"),
  "node-down": t("alerts.nodeDown"),
  "policy-drift": t("alerts.policyDrift"),
  "lte-share": t("alerts.lteShareOverTarget"),
  "wifi-stalls": t("alerts.wifiStalls"),
});

/** What the rule looks at. */
export const alertMeanings = (t: Translate): Record<AlertKind, string> => ({
  "fallback-ratio": t("alerts.shareOfTheLast10Minutes"),
  "node-down": t("alerts.aProxyNodeWasNotHeard"),
  "policy-drift": t("alerts.aConnectedNodeWorksByAnother"),
  "lte-share": t("alerts.aClasssShareOfLteOver"),
  "wifi-stalls": t("alerts.shareOfTheLast10MinutesSessions"),
});

export function isMeasured(kind: AlertKind): boolean {
  return measuredKinds.some((measured) => measured === kind);
}

/** "30 % for 5 min", "so for 15 s". */
export function ruleText(
  t: Translate,
  { kind, threshold, holdSeconds }: Pick<AlertRule, "kind" | "threshold" | "holdSeconds">,
): string {
  const hold =
    holdSeconds % 60 === 0 && holdSeconds > 0
      ? t("alerts.min", { holdSeconds: String(holdSeconds / 60) })
      : `${holdSeconds} s`;
  const unit = kind === "lte-share" ? t("alerts.points") : "%";
  return threshold === null
    ? t("alerts.soFor", { hold })
    : t("alerts.for", { threshold: String(threshold), unit, hold });
}

/** What the shell calls for: not muted, and nobody looks after it yet. */
export function callingAlerts(open: readonly Alert[]): Alert[] {
  return open.filter(({ isMuted, acknowledged }) => !isMuted && acknowledged === null);
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

/** What an alert is about: a node's or a class's name, or all nodes. */
export function subjectText(t: Translate, { subject, subjectName }: Pick<Alert, "subject" | "subjectName">): string {
  return subject === "all" ? t("alerts.allNodes") : subjectName;
}
