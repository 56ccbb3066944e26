import type { Access } from "@/lib/contracts/access";
import { nodeStatusSchema } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { EventLoopDelay } from "@/lib/shared/event-loop-delay";
import { metricText, type Sample as SampleOf } from "@/lib/shared/metric-text";
import { version } from "@/lib/shared/version";
import { metrics } from "./metrics";
import { processSingleton } from "./process-singleton";

const silenceSeconds = 10;

type Sample = SampleOf<keyof typeof metrics>;

function eventLoopDelaySeconds(): number {
  return processSingleton("event-loop-delay", () => new EventLoopDelay()).takeSeconds();
}

type NodeRow = { id: string; name: string; lastSeenAt: Date | null; status: unknown };

function nodeSamples({ id, name, lastSeenAt, status }: NodeRow, now: Date): Sample[] {
  const labels = { node: id, name };
  const lag = lastSeenAt === null ? null : Math.max(0, (now.getTime() - lastSeenAt.getTime()) / 1000);
  const up = { name: "twinpath_node_up" as const, labels, value: lag !== null && lag <= silenceSeconds ? 1 : 0 };
  const node = nodeStatusSchema.safeParse(status).data;
  if (lag === null || node === undefined) return [up];
  const other = node.sessions - node.mptcpSessions;
  const { spool } = node;
  return [
    up,
    { name: "twinpath_node_telemetry_lag_seconds", labels, value: lag },
    { name: "twinpath_node_sessions", labels: { ...labels, transport: "mptcp" }, value: node.mptcpSessions },
    { name: "twinpath_node_sessions", labels: { ...labels, transport: "other" }, value: other },
    { name: "twinpath_node_policy_version", labels, value: node.policyVersion },
    { name: "twinpath_node_accepted_total", labels, value: node.acceptedTotal },
    { name: "twinpath_node_refused_total", labels: { ...labels, reason: "limit" }, value: node.refusedTotal },
    {
      name: "twinpath_node_refused_total",
      labels: { ...labels, reason: "credentials" },
      value: node.authFailuresTotal,
    },
    ...(spool === null
      ? []
      : [
          { name: "twinpath_node_spool_bytes" as const, labels, value: spool.sizeBytes },
          { name: "twinpath_node_spool_dropped_total" as const, labels, value: spool.droppedBatches },
        ]),
  ];
}

type BytesRow = { node: string; name: string; access: Access; up: number; down: number };

/** Counters of all processes that a node ever had: they only grow. */
function readBytes(): Promise<BytesRow[]> {
  return getDatabase().$queryRaw<BytesRow[]>`
    SELECT n.id AS node, n.name, a.access, sum(a.up)::float8 AS up, sum(a.down)::float8 AS down
    FROM nodes n JOIN telemetry_epochs e ON e.node_id = n.id
    CROSS JOIN LATERAL (VALUES ('lte', lte_upload_bytes, lte_download_bytes),
      ('wifi', wifi_upload_bytes, wifi_download_bytes),
      ('other', other_upload_bytes, other_download_bytes)) AS a(access, up, down)
    GROUP BY 1, 2, 3 ORDER BY 1, 3`;
}

/** What the portal and the nodes do, for Prometheus (text exposition format 0.0.4). */
export async function readMetrics(now = new Date()): Promise<string> {
  const database = getDatabase();
  const [nodes, bytes, policy, staleHours, accounting] = await Promise.all([
    database.node.findMany({ where: { kind: "proxy", revokedAt: null }, orderBy: { id: "asc" } }),
    readBytes(),
    database.policyVersion.aggregate({ _max: { version: true } }),
    database.usageLedgerStaleHour.count(),
    database.accountingSession.aggregate({ _count: true, _min: { dueAt: true } }),
  ]);
  const overdueMs = now.getTime() - (accounting._min.dueAt ?? now).getTime();
  return metricText(metrics, [
    { name: "twinpath_info", labels: { version }, value: 1 },
    { name: "twinpath_event_loop_delay_seconds", value: eventLoopDelaySeconds() },
    { name: "twinpath_policy_version", value: policy._max.version ?? 0 },
    { name: "twinpath_usage_roll_ups_waiting", value: staleHours },
    { name: "twinpath_accounting_sessions", value: accounting._count },
    { name: "twinpath_accounting_overdue_seconds", value: Math.max(0, overdueMs / 1000) },
    ...nodes.flatMap((node) => nodeSamples(node, now)),
    ...bytes.flatMap(({ up, down, ...labels }): Sample[] => [
      { name: "twinpath_node_bytes_total", labels: { ...labels, direction: "upload" }, value: up },
      { name: "twinpath_node_bytes_total", labels: { ...labels, direction: "download" }, value: down },
    ]),
  ]);
}
