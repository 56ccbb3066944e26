import { accessSchema } from "@/lib/contracts/access";
import type { NodeStatus, TelemetryBatch } from "@/lib/contracts/telemetry";
import { metricText, type Sample } from "@/lib/shared/metric-text";

/** Every metric of a node: its type, and what it tells. The portal's metrics of nodes have other names. */
export const metrics = {
  twinpath_proxy_info: { type: "gauge", help: "The process's version and state, as labels; always 1." },
  twinpath_proxy_start_time_seconds: { type: "gauge", help: "When the process began, in seconds since 1970." },
  twinpath_proxy_event_loop_delay_seconds: { type: "gauge", help: "99th percentile since the last scrape." },
  twinpath_proxy_sessions: { type: "gauge", help: "Running sessions, by transport (mptcp, other)." },
  twinpath_proxy_policy_version: { type: "gauge", help: "Policy version in force." },
  twinpath_proxy_accepted_total: { type: "counter", help: "Connections accepted." },
  twinpath_proxy_refused_total: { type: "counter", help: "Refused, by reason (limit, credentials)." },
  twinpath_proxy_bytes_total: { type: "counter", help: "Bytes of paths, by access and direction." },
  twinpath_proxy_spool_bytes: { type: "gauge", help: "Telemetry on the disk that waits for the portal." },
  twinpath_proxy_spool_dropped_total: { type: "counter", help: "Batches dropped for want of room." },
} as const;

/** What this process does, for Prometheus: no portal is asked, so that it tells when that is away. */
export function nodeMetrics(
  status: NodeStatus,
  totals: TelemetryBatch["totals"],
  eventLoopDelaySeconds: number,
): string {
  const { version, state, sessions, mptcpSessions, spool } = status;
  const bytes = accessSchema.options.flatMap((access): Sample<keyof typeof metrics>[] => [
    { name: "twinpath_proxy_bytes_total", labels: { access, direction: "upload" }, value: totals[access].uploadBytes },
    {
      name: "twinpath_proxy_bytes_total",
      labels: { access, direction: "download" },
      value: totals[access].downloadBytes,
    },
  ]);
  return metricText(metrics, [
    { name: "twinpath_proxy_info", labels: { version, state }, value: 1 },
    { name: "twinpath_proxy_start_time_seconds", value: Date.parse(status.startedAt) / 1000 },
    { name: "twinpath_proxy_event_loop_delay_seconds", value: eventLoopDelaySeconds },
    { name: "twinpath_proxy_sessions", labels: { transport: "mptcp" }, value: mptcpSessions },
    { name: "twinpath_proxy_sessions", labels: { transport: "other" }, value: sessions - mptcpSessions },
    { name: "twinpath_proxy_policy_version", value: status.policyVersion },
    { name: "twinpath_proxy_accepted_total", value: status.acceptedTotal },
    { name: "twinpath_proxy_refused_total", labels: { reason: "limit" }, value: status.refusedTotal },
    { name: "twinpath_proxy_refused_total", labels: { reason: "credentials" }, value: status.authFailuresTotal },
    ...bytes,
    { name: "twinpath_proxy_spool_bytes", value: spool?.sizeBytes ?? 0 },
    { name: "twinpath_proxy_spool_dropped_total", value: spool?.droppedBatches ?? 0 },
  ]);
}
