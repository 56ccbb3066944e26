import * as z from "zod";
import { accessSchema, addressSchema, byteCountSchema, timestampSchema } from "./access";
import { nodeOrderStateSchema, nodeSettingsInForceSchema } from "./nodes";

/** How many reports before it a batch takes in, and how many counters of paths they may have together. */
export const maxEarlierReports = 60;
export const maxEarlierCounters = 50_000;

/**
 * One path of one session. Counters are cumulative since the path began and cover payload only.
 * `uploadBytes` is what the UE sent over this path, `downloadBytes` what it got.
 */
export const subflowReportSchema = z.object({
  id: z.int().min(0),
  access: accessSchema,
  /** The UE's end of the path, and the proxy's. */
  ueAddress: addressSchema,
  proxyAddress: addressSchema,
  uploadBytes: byteCountSchema,
  downloadBytes: byteCountSchema,
  rttMs: z.number().min(0),
  retransSegments: z.int().min(0),
  /** False once the kernel no longer lists the path; its last counters stay. */
  isOpen: z.boolean(),
  /** The path carries data only while the others cannot (MP_PRIO, RFC 8684 §3.3.8). */
  isBackup: z.boolean(),
  /** What steering lets the proxy send over it; null without a limit. */
  downloadLimitBytesPerSecond: byteCountSchema.nullable(),
  /**
   * Its counters in reports that the batch took in, oldest first: place in the batch's `earlier`, `uploadBytes`,
   * `downloadBytes`.
   */
  earlier: z
    .array(z.tuple([z.int().min(0), byteCountSchema, byteCountSchema]))
    .max(maxEarlierReports)
    .optional(),
});

/**
 * Something that happened to a path. `cause` is a code: a DestroyCause or BackupCause of steering, `link-down`,
 * `address-withdrawn`, `peer-reset`, `options-stripped`, `join-refused`, `stall-over`, `session-ended`, …
 */
export const pathEventSchema = z.object({
  at: timestampSchema,
  /** Null: about the session as a whole (a fallback to plain TCP). */
  subflowId: z.int().min(0).nullable(),
  access: accessSchema.nullable(),
  kind: z.enum(["joined", "priority-changed", "stalled", "moved", "recovered", "closed", "fallback"]),
  cause: z.string().max(60),
  /** Who made it happen: a class or its change, the kernel by itself, the UE's agent, the proxy's health control. */
  actor: z.enum(["policy", "kernel", "agent", "proxy"]),
});

export const transportSchema = z.enum(["mptcp", "tcp", "tcp-fallback"]);

/** A session's state at one moment; counters are cumulative since it began. */
export const sessionReportSchema = z.object({
  /** Unique within the node's epoch. */
  id: z.string().max(64),
  deviceId: z.string(),
  subscriberId: z.string(),
  serviceClassId: z.string(),
  protocol: z.enum(["socks4", "socks5", "socks5-udp", "http-connect", "http-forward", "convert"]),
  /** As the client named it, port included. */
  destination: z.string().max(300),
  destinationAddress: z.string().nullable(),
  whiteListId: z.string().nullable(),
  /** The policy version and class settings that govern this session now. */
  policyVersion: z.int().min(0),
  transport: transportSchema,
  startedAt: timestampSchema,
  /** Payload given to the destination, and payload it gave. */
  uploadBytes: byteCountSchema,
  downloadBytes: byteCountSchema,
  /**
   * What the paths carried besides: `handshakeUploadBytes` is what the UE sent less what went on to the destination
   * (negative where a forwarded head grew), `handshakeDownloadBytes` the proxy's own answers, `reinjectedBytes` what
   * MPTCP sent on a second path as well. Σ subflows = payload + handshake (+ reinjected, for the download).
   */
  handshakeUploadBytes: z.int(),
  handshakeDownloadBytes: byteCountSchema,
  reinjectedBytes: byteCountSchema,
  subflows: z.array(subflowReportSchema).max(32),
  /** Since the report before; each exactly once. */
  events: z.array(pathEventSchema).max(500),
  /** Null while it runs. */
  /** `reason`: of `sessionEndReasons`, or a newer node's. */
  end: z.object({ at: timestampSchema, reason: z.string().max(40) }).nullable(),
});

/** Bytes moved since the node's epoch began, by access: monotone, ended sessions included. */
export const accessTotalsSchema = z.object({ uploadBytes: byteCountSchema, downloadBytes: byteCountSchema });

export const nodeStatusSchema = z.object({
  version: z.string(),
  policyVersion: z.int().min(0),
  /** Version on trial for a part of the subscribers; null where there is none. */
  canaryVersion: z.int().min(1).nullable(),
  listen: addressSchema,
  /** False: the kernel lacks MPTCP and the node serves plain TCP. */
  hasMptcp: z.boolean(),
  mptcpReason: z.string().nullable(),
  /** Why the node cannot pace single paths, so that LTE rate caps of downloads are not held; null where it can. */
  pacingReason: z.string().nullable().default(null),
  sessions: z.int().min(0),
  mptcpSessions: z.int().min(0),
  acceptedTotal: z.int().min(0),
  refusedTotal: z.int().min(0),
  authFailuresTotal: z.int().min(0),
  startedAt: timestampSchema,
  /**
   * `draining`: takes no new sessions, as ordered. `retiring`: another process of the node has taken over, and this one
   * ends with its sessions.
   */
  state: z.enum(["serving", "draining", "retiring"]).default("serving"),
  /** When a process that retires ends at the latest. */
  endsBy: timestampSchema.nullable().default(null),
  order: nodeOrderStateSchema.default({ revision: 0, restarts: 0, failure: null }),
  /** Null: of a version that does not say. */
  settings: nodeSettingsInForceSchema.nullable().default(null),
  /** Why the node leaves paths to the kernel; null where it steers them. */
  steeringReason: z.string().nullable().default(null),
  kernel: z.string().max(100).default(""),
  /** Telemetry that waits on the node's disk, and batches dropped for want of room. Null: of a version that does not say. */
  spool: z
    .object({ sizeBytes: byteCountSchema, droppedBatches: z.int().min(0) })
    .nullable()
    .default(null),
});

/** How often a white-list rule let a destination pass since the batch before. */
export const ruleHitsSchema = z.object({
  whiteListId: z.string(),
  kind: z.enum(["host", "domain-suffix", "cidr"]),
  value: z.string(),
  hits: z.int().min(1),
  lastAt: timestampSchema,
});

const totalsSchema = z.object({ lte: accessTotalsSchema, wifi: accessTotalsSchema, other: accessTotalsSchema });

/** A batch field by field, whether or not they go together. */
export const batchFieldsSchema = z.object({
  /** Random per process start. */
  epoch: z.string().min(8).max(64),
  /** The epoch of the process that this one took over from: it may report beside this one until its sessions have ended. */
  succeeds: z.string().min(8).max(64).nullable().default(null),
  sequence: z.int().min(1),
  at: timestampSchema,
  node: nodeStatusSchema,
  totals: totalsSchema,
  /**
   * Reports that waited for the portal and that this batch took in, oldest first, all of its hour: when they were, and the
   * totals then. Their sessions and events are in `sessions`, the counters of paths in `subflows[].earlier`.
   */
  earlier: z
    .array(z.object({ at: timestampSchema, totals: totalsSchema }))
    .max(maxEarlierReports)
    .default([]),
  /** Running sessions that changed, and ended ones exactly once. */
  sessions: z.array(sessionReportSchema).max(5000),
  ruleHits: z.array(ruleHitsSchema).max(5000),
  /** Others wait behind it: it tells what was, not what is. */
  isLate: z.boolean().default(false),
});

const hourOf = (at: string): number => Math.floor(Date.parse(at) / 3_600_000);

/** Whether the counters of earlier reports name reports that are there, in their order, and all lie in one hour (UTC). */
function isEarlierConsistent({ at, earlier, sessions }: z.infer<typeof batchFieldsSchema>): boolean {
  let counters = 0;
  for (const { subflows } of sessions)
    for (const path of subflows) {
      let before = -1;
      for (const [place = -1] of path.earlier ?? []) {
        if (place <= before || place >= earlier.length) return false;
        before = place;
      }
      counters += path.earlier?.length ?? 0;
    }
  return counters <= maxEarlierCounters && earlier.every((report) => hourOf(report.at) === hourOf(at));
}

/** `POST /api/nodes/telemetry`. A batch with a sequence already seen in its epoch changes nothing. */
export const telemetryBatchSchema = batchFieldsSchema.refine(isEarlierConsistent, {
  error: "counters of earlier reports name reports that are not there, or lie in another hour",
  path: ["earlier"],
});

/** The portal's answer: how often to report from now on (200 ms while somebody watches, else 1000). */
export const telemetryReplySchema = z.object({ reportEveryMs: z.int().min(100).max(60_000) });

export type SubflowReport = z.infer<typeof subflowReportSchema>;
export type SessionReport = z.infer<typeof sessionReportSchema>;
export type PathEvent = z.infer<typeof pathEventSchema>;
export type Transport = z.infer<typeof transportSchema>;
export type AccessTotals = z.infer<typeof accessTotalsSchema>;
export type NodeStatus = z.infer<typeof nodeStatusSchema>;
export type RuleHits = z.infer<typeof ruleHitsSchema>;
export type TelemetryBatch = z.infer<typeof telemetryBatchSchema>;
export type TelemetryReply = z.infer<typeof telemetryReplySchema>;
