import * as z from "zod";
import { accessSchema, byteCountSchema, timestampSchema } from "./access";
import { serviceClassSchema } from "./policy";
import { sessionRowSchema } from "./portal";
import { ownFieldSentences } from "./sentences/field-sentences";
import { subscriberStateSchema } from "./subscribers";
import { pathEventSchema } from "./telemetry";
import { toldSchema } from "./told";

/** `POST /api/support/look-up`: each one is kept in the audit log with its purpose. */
export const supportLookUpSchema = z.object({
  /** MSISDN in any writing, IMSI, subscriber id or device id. */
  identifier: z.string().trim().min(1).max(64),
  /** Why somebody looks: a ticket's number, or what the customer asked. */
  purpose: z.string().trim().min(3, ownFieldSentences.writeTicket()).max(200),
  /** What the customer wants to reach, `host` or `host:port`; null where nothing in particular. */
  destination: z.string().trim().min(1).max(300).nullable(),
});

export const verdictCauseSchema = z.enum([
  "subscriber-suspended",
  "not-white-listed",
  "no-device",
  "agent-offline",
  "no-traffic",
  "node-draining",
  "options-stripped",
  "mptcp-not-asked",
  "path-stale",
  "join-refused",
  "quota-reached",
  "class-cap-reached",
  "backup-by-policy",
  "wifi-suffices",
  "flow-too-short",
  "one-access-only",
  "aggregating",
]);

export const verdictSchema = z.object({
  cause: verdictCauseSchema,
  /** `good`: as it should be. `neutral`: as it is meant to be, or nothing to judge. `bad`: something is in the way. */
  tone: z.enum(["good", "neutral", "bad"]),
  sentence: z.string(),
  /** What it rests on, the strongest first. */
  evidence: z.array(z.string()),
  /** The one thing to do next. */
  action: z.string(),
  /** The same by codes; null where a line has none. Snapshots of earlier versions do not have it. */
  told: z.object({ sentence: toldSchema, action: toldSchema, evidence: z.array(toldSchema.nullable()) }).optional(),
});

/** What one access did for the subscriber. Bytes are the usage ledger's of today and of this month (UTC). */
export const accessUseSchema = z.object({
  access: accessSchema,
  uploadBytes: byteCountSchema,
  downloadBytes: byteCountSchema,
  monthUploadBytes: byteCountSchema,
  monthDownloadBytes: byteCountSchema,
  /** Both directions over the last seconds; null where nothing was reported. */
  bitsPerSecond: z.number().min(0).nullable(),
  /** Of the path that carried most lately; null without one. */
  rttMs: z.number().min(0).nullable(),
  retransSegments: z.int().min(0),
  openPaths: z.int().min(0),
  lastSeenAt: timestampSchema.nullable(),
});

export const supportCaseSchema = z.object({
  readAt: timestampSchema,
  purpose: z.string(),
  subscriber: z.object({
    id: z.uuid(),
    msisdn: z.string(),
    imsi: z.string().nullable(),
    state: subscriberStateSchema,
    /** The class in force; another than the subscribed one where the quota is reached. Null: the policy has no such class. */
    serviceClass: serviceClassSchema.nullable(),
    subscribedClassId: z.string(),
    isQuotaReached: z.boolean(),
    lteBytesThisMonth: byteCountSchema,
  }),
  verdict: verdictSchema,
  /** What the policy makes of the destination that was asked about. */
  destination: z
    .object({
      text: z.string(),
      isThroughProxy: z.boolean(),
      sentence: z.string(),
      /** Snapshots of earlier versions do not have it. */
      told: toldSchema.optional(),
    })
    .nullable(),
  accesses: z.array(accessUseSchema),
  devices: z.array(
    z.object({ id: z.string(), name: z.string(), lastSeenAt: timestampSchema.nullable(), isRevoked: z.boolean() }),
  ),
  /** Newest first, at most 25. */
  sessions: z.array(sessionRowSchema.extend({ whiteListName: z.string().nullable() })),
  /** Of the newest sessions' paths and of the policy, newest first, at most 100. */
  events: z.array(pathEventSchema.extend({ destination: z.string(), sessionKey: z.string() })),
});

/** The answer to a look-up. `seal`: the portal's mark, for a snapshot of what it showed. */
export const sealedCaseSchema = supportCaseSchema.extend({ seal: z.string().max(100) });

export const snapshotDaysSchema = z.union([z.literal(1), z.literal(7), z.literal(30)]);
/** `POST /api/support/snapshots`: keep what a look-up showed. */
export const makeSnapshotSchema = z.object({ shown: sealedCaseSchema, days: snapshotDaysSchema });
/** The token of `/support/snapshots/:token` is told once. */
export const madeSnapshotSchema = z.object({ token: z.string(), expiresAt: timestampSchema });
export const snapshotParamsSchema = z.object({ token: z.string().min(1).max(64) });
/** `GET /api/support/snapshots/:token`; `POST …/revoke` has no body. */
export const supportSnapshotSchema = z.object({
  madeAt: timestampSchema,
  madeBy: z.string(),
  expiresAt: timestampSchema,
  /** Whether the reader may take it back. */
  mayRevoke: z.boolean(),
  isMasked: z.boolean(),
  shown: supportCaseSchema,
});

export type SupportLookUp = z.infer<typeof supportLookUpSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type VerdictCause = z.infer<typeof verdictCauseSchema>;
export type AccessUse = z.infer<typeof accessUseSchema>;
export type SupportCase = z.infer<typeof supportCaseSchema>;
export type SealedCase = z.infer<typeof sealedCaseSchema>;
export type SnapshotDays = z.infer<typeof snapshotDaysSchema>;
export type MakeSnapshot = z.infer<typeof makeSnapshotSchema>;
export type MadeSnapshot = z.infer<typeof madeSnapshotSchema>;
export type SupportSnapshot = z.infer<typeof supportSnapshotSchema>;
