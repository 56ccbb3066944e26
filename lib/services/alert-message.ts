import { readEnv } from "@/lib/shared/env";
import { sha256Hex } from "@/lib/shared/ids";

/** How the format writes "not over". */
const noEnd = "0001-01-01T00:00:00Z";

export type ToldAlert = {
  kind: string;
  subject: string;
  subjectName: string;
  detail: string;
  firedAt: Date;
  resolvedAt: Date | null;
};

const statusOf = ({ resolvedAt }: ToldAlert): "firing" | "resolved" => (resolvedAt === null ? "firing" : "resolved");

/**
 * Alerts as Alertmanager sends them to webhooks, so that whatever takes its messages takes ours.
 * Source: Prometheus Alertmanager, "webhook_config", version 4.
 */
export function alertMessage(alerts: readonly ToldAlert[]): object {
  const externalURL = readEnv("NEXTAUTH_URL") ?? "";
  return {
    version: "4",
    groupKey: "{}:{}",
    truncatedAlerts: 0,
    status: alerts.some((alert) => statusOf(alert) === "firing") ? "firing" : "resolved",
    receiver: "twinpath",
    groupLabels: {},
    commonLabels: { job: "twinpath" },
    commonAnnotations: {},
    externalURL,
    alerts: alerts.map((alert) => ({
      status: statusOf(alert),
      labels: { alertname: alert.kind, job: "twinpath", subject: alert.subject, severity: "warning" },
      annotations: { summary: `${alert.kind}: ${alert.subjectName}`, description: alert.detail },
      startsAt: alert.firedAt.toISOString(),
      endsAt: alert.resolvedAt?.toISOString() ?? noEnd,
      generatorURL: `${externalURL}/alerts`,
      fingerprint: sha256Hex(`${alert.kind} ${alert.subject}`).slice(0, 16),
    })),
  };
}
