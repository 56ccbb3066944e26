import type { AccessTotals, NodeStatus, RuleHits, SessionReport, TelemetryBatch } from "@/lib/contracts/telemetry";

const noBytes: AccessTotals = { uploadBytes: 0, downloadBytes: 0 };

type BatchOptions = {
  epoch?: string;
  succeeds?: string;
  state?: NodeStatus["state"];
  sequence: number;
  at?: Date;
  startedAt?: Date;
  lte?: Partial<AccessTotals>;
  wifi?: Partial<AccessTotals>;
  sessions?: SessionReport[];
  ruleHits?: RuleHits[];
};

/** A report of a proxy node; what is not given is at rest. */
export function telemetryBatch(options: BatchOptions): TelemetryBatch {
  const at = options.at ?? new Date();
  const startedAt = options.startedAt ?? new Date("2026-01-01T00:00:00Z");
  return {
    epoch: options.epoch ?? "epoch-one",
    succeeds: options.succeeds ?? null,
    sequence: options.sequence,
    at: at.toISOString(),
    node: {
      version: "0.1.0",
      policyVersion: 1,
      canaryVersion: null,
      listen: { address: "0.0.0.0", port: 1080 },
      hasMptcp: true,
      mptcpReason: null,
      pacingReason: null,
      sessions: options.sessions?.length ?? 0,
      mptcpSessions: 0,
      acceptedTotal: 0,
      refusedTotal: 0,
      authFailuresTotal: 0,
      startedAt: startedAt.toISOString(),
      state: options.state ?? "serving",
      endsBy: null,
      order: { revision: 0, restarts: 0, failure: null },
      settings: null,
      steeringReason: null,
      kernel: "6.18",
      spool: { sizeBytes: 0, droppedBatches: 0 },
    },
    earlier: [],
    totals: { lte: { ...noBytes, ...options.lte }, wifi: { ...noBytes, ...options.wifi }, other: noBytes },
    sessions: options.sessions ?? [],
    ruleHits: options.ruleHits ?? [],
    isLate: false,
  };
}

/** A running session with one LTE and one WiFi path. */
export function sessionReport(id: string, changes: Partial<SessionReport> = {}): SessionReport {
  const path = {
    retransSegments: 0,
    isOpen: true,
    isBackup: false,
    downloadLimitBytesPerSecond: null,
    proxyAddress: { address: "192.0.2.1", port: 1080 },
    uploadBytes: 10,
  };
  return {
    id,
    deviceId: "demo-ue",
    subscriberId: "subscriber",
    serviceClassId: "gold",
    protocol: "socks5",
    destination: "content.example:80",
    destinationAddress: "198.51.100.1",
    whiteListId: "testbed-content",
    policyVersion: 1,
    transport: "mptcp",
    startedAt: "2026-01-01T00:00:00.000Z",
    uploadBytes: 20,
    downloadBytes: 3000,
    handshakeUploadBytes: 0,
    handshakeDownloadBytes: 0,
    reinjectedBytes: 0,
    events: [],
    subflows: [
      {
        ...path,
        id: 1,
        access: "lte",
        ueAddress: { address: "10.1.0.2", port: 40_000 },
        downloadBytes: 1000,
        rttMs: 40.5,
      },
      {
        ...path,
        id: 2,
        access: "wifi",
        ueAddress: { address: "10.2.0.2", port: 40_001 },
        downloadBytes: 2000,
        rttMs: 15,
      },
    ],
    end: null,
    ...changes,
  };
}

/** A session whose paths carried so much, and nothing else. */
export function sessionOfPaths(
  id: string,
  lteDown: number,
  wifiDown: number,
  changes: Partial<SessionReport> = {},
): SessionReport {
  const base = sessionReport(id, { uploadBytes: 0, downloadBytes: lteDown + wifiDown, ...changes });
  const [lte, wifi] = base.subflows;
  if (lte === undefined || wifi === undefined) throw new Error("two paths");
  const subflows = [
    { ...lte, uploadBytes: 0, downloadBytes: lteDown },
    { ...wifi, uploadBytes: 0, downloadBytes: wifiDown },
  ];
  return { ...base, subflows };
}
