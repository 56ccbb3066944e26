/** Every metric of the portal: its type, and what it tells. */
export const metrics = {
  twinpath_info: { type: "gauge", help: "The portal's version, as a label; always 1." },
  twinpath_event_loop_delay_seconds: { type: "gauge", help: "99th percentile since the last scrape, of the portal." },
  twinpath_policy_version: { type: "gauge", help: "Newest policy version of the portal." },
  twinpath_usage_roll_ups_waiting: { type: "gauge", help: "Hours of the usage ledger that wait for their roll-up." },
  twinpath_accounting_sessions: { type: "gauge", help: "Sessions whose end no RADIUS server has yet." },
  twinpath_accounting_overdue_seconds: {
    type: "gauge",
    help: "How long the RADIUS record that waits longest has been due.",
  },
  twinpath_node_up: { type: "gauge", help: "1 where the node reported within the last 10 s." },
  twinpath_node_telemetry_lag_seconds: { type: "gauge", help: "Since the node's last report." },
  twinpath_node_sessions: { type: "gauge", help: "Running sessions, by transport (mptcp, other)." },
  twinpath_node_policy_version: { type: "gauge", help: "Policy version in force on the node." },
  twinpath_node_accepted_total: { type: "counter", help: "Connections that the node's process accepted." },
  twinpath_node_refused_total: {
    type: "counter",
    help: "Refused by the node's process, by reason (limit, credentials).",
  },
  twinpath_node_bytes_total: { type: "counter", help: "Bytes of paths, by access and direction." },
  twinpath_node_spool_bytes: { type: "gauge", help: "Telemetry on the node's disk that waits for the portal." },
  twinpath_node_spool_dropped_total: {
    type: "counter",
    help: "Batches that the node's process dropped for want of room.",
  },
} as const;
