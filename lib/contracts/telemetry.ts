import { z } from "zod";
import { accessSchema, addressSchema, byteCountSchema, timestampSchema } from "./access";

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
});

export const transportSchema = z.enum(["mptcp", "tcp", "tcp-fallback"]);

/** A session's state at one moment; counters are cumulative since it began. */
export const sessionReportSchema = z.object({
  /** Unique within the node's epoch. */
  id: z.string().max(64),
  deviceId: z.string(),
  subscriberId: z.string(),
  serviceClassId: z.string(),
  protocol: z.enum(["socks5", "http-connect", "http-forward"]),
  /** As the client named it, port included. */
  destination: z.string().max(300),
  destinationAddress: z.string().nullable(),
  whiteListId: z.string().nullable(),
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
  /** Null while it runs. */
  end: z.object({ at: timestampSchema, reason: z.string().max(40) }).nullable(),
});

/** Bytes moved since the node's epoch began, by access: monotone, ended sessions included. */
export const accessTotalsSchema = z.object({ uploadBytes: byteCountSchema, downloadBytes: byteCountSchema });

export const nodeStatusSchema = z.object({
  version: z.string(),
  policyVersion: z.int().min(0),
  listen: addressSchema,
  /** False: the kernel lacks MPTCP and the node serves plain TCP. */
  hasMptcp: z.boolean(),
  mptcpReason: z.string().nullable(),
  sessions: z.int().min(0),
  mptcpSessions: z.int().min(0),
  acceptedTotal: z.int().min(0),
  refusedTotal: z.int().min(0),
  authFailuresTotal: z.int().min(0),
  startedAt: timestampSchema,
});

/** `POST /api/nodes/telemetry`. A batch with a sequence already seen in its epoch changes nothing. */
export const telemetryBatchSchema = z.object({
  /** Random per process start. */
  epoch: z.string().min(8).max(64),
  sequence: z.int().min(1),
  at: timestampSchema,
  node: nodeStatusSchema,
  totals: z.object({ lte: accessTotalsSchema, wifi: accessTotalsSchema, other: accessTotalsSchema }),
  /** Running sessions that changed, and ended ones exactly once. */
  sessions: z.array(sessionReportSchema).max(5000),
});

/** The portal's answer: how often to report from now on (200 ms while somebody watches, else 1000). */
export const telemetryReplySchema = z.object({ reportEveryMs: z.int().min(100).max(60_000) });

export type SubflowReport = z.infer<typeof subflowReportSchema>;
export type SessionReport = z.infer<typeof sessionReportSchema>;
export type Transport = z.infer<typeof transportSchema>;
export type AccessTotals = z.infer<typeof accessTotalsSchema>;
export type NodeStatus = z.infer<typeof nodeStatusSchema>;
export type TelemetryBatch = z.infer<typeof telemetryBatchSchema>;
export type TelemetryReply = z.infer<typeof telemetryReplySchema>;
