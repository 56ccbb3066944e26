import {
  type Alert,
  type AlertKind,
  type AlertRule,
  type AlertRuleInput,
  alertRuleInputSchema,
  measuredKinds,
} from "@/lib/contracts/alerts";

export const alertNames: Record<AlertKind, string> = {
  "fallback-ratio": "Fallback to plain TCP",
  "node-down": "Node down",
  "policy-drift": "Policy drift",
  "lte-share": "LTE share over target",
  "wifi-stalls": "WiFi stalls",
};

/** What the rule looks at. */
export const alertMeanings: Record<AlertKind, string> = {
  "fallback-ratio": "Share of the last 10 minutes' sessions that fell back, of 20 sessions or more",
  "node-down": "A proxy node was not heard of for 10 s",
  "policy-drift": "A connected node works by another version than it is to",
  "lte-share": "A class's share of LTE over 15 minutes is more than this above its target",
  "wifi-stalls": "Share of the last 10 minutes' sessions whose WiFi path stalled, of 20 sessions or more",
};

export function isMeasured(kind: AlertKind): boolean {
  return measuredKinds.some((measured) => measured === kind);
}

/** "30 % for 5 min", "so for 15 s". */
export function ruleText({
  kind,
  threshold,
  holdSeconds,
}: Pick<AlertRule, "kind" | "threshold" | "holdSeconds">): string {
  const hold = holdSeconds % 60 === 0 && holdSeconds > 0 ? `${holdSeconds / 60} min` : `${holdSeconds} s`;
  const unit = kind === "lte-share" ? "points" : "%";
  return threshold === null ? `so for ${hold}` : `${threshold} ${unit} for ${hold}`;
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
export function readRuleForm(kind: AlertKind, form: RuleForm): { input: AlertRuleInput | null; errors: RuleErrors } {
  const threshold = isMeasured(kind) ? numberOf(form.threshold) : null;
  const errors: RuleErrors = {};
  if (isMeasured(kind) && (threshold === null || threshold > 100)) errors.threshold = "Give a number from 0 to 100.";
  const parsed = alertRuleInputSchema.safeParse({
    isOn: form.isOn,
    threshold,
    holdSeconds: numberOf(form.holdSeconds),
  });
  if (parsed.error?.issues.some(({ path }) => path[0] === "holdSeconds") === true)
    errors.holdSeconds = "Give whole seconds, 86400 at most.";
  return { input: Object.keys(errors).length === 0 ? (parsed.data ?? null) : null, errors };
}
