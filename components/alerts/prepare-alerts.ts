import type { Alert, AlertKind, AlertRule } from "@/lib/contracts/alerts";
import type { Translate } from "@/lib/words/translate";

export const alertNames = (t: Translate): Record<AlertKind, string> => ({
  "fallback-ratio": t("alerts.fallbackToPlainTcp"),
  "node-down": t("alerts.nodeDown"),
  "policy-drift": t("alerts.policyDrift"),
  "lte-share": t("alerts.lteShareOverTarget"),
  "wifi-stalls": t("alerts.wifiStalls"),
  "spool-growing": t("alerts.spoolGrowing"),
});

/** What the rule looks at. */
export const alertMeanings = (t: Translate): Record<AlertKind, string> => ({
  "fallback-ratio": t("alerts.shareOfTheLast10Minutes"),
  "node-down": t("alerts.aProxyNodeWasNotHeard"),
  "policy-drift": t("alerts.aConnectedNodeWorksByAnother"),
  "lte-share": t("alerts.aClasssShareOfLteOver"),
  "wifi-stalls": t("alerts.shareOfTheLast10MinutesSessions"),
  "spool-growing": t("alerts.telemetryOfANodeWaits"),
});

/** What its threshold is counted in. */
export function thresholdUnit(t: Translate, kind: AlertKind): string {
  if (kind === "lte-share") return t("alerts.points");
  return kind === "spool-growing" ? "MB" : "%";
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
  const unit = thresholdUnit(t, kind);
  return threshold === null
    ? t("alerts.soFor", { hold })
    : t("alerts.for", { threshold: String(threshold), unit, hold });
}

/** What the shell calls for: not muted, and nobody looks after it yet. */
export function callingAlerts(open: readonly Alert[]): Alert[] {
  return open.filter(({ isMuted, acknowledged }) => !isMuted && acknowledged === null);
}

/** What an alert is about: a node's or a class's name, or all nodes. */
export function subjectText(t: Translate, { subject, subjectName }: Pick<Alert, "subject" | "subjectName">): string {
  return subject === "all" ? t("alerts.allNodes") : subjectName;
}
