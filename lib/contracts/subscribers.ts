import * as z from "zod";
import { byteCountSchema, timestampSchema } from "./access";
import { pageQuerySchema } from "./portal";
import { ownFieldSentences } from "./sentences/field-sentences";
import { toldSchema } from "./told";

/** E.164 with its plus sign: "+821012345678". */
export const msisdnSchema = z.string().regex(/^\+[1-9]\d{6,14}$/, ownFieldSentences.giveE164());
/** 15 digits (3GPP TS 23.003 §2.2). A string: the first may be 0. */
export const imsiSchema = z.string().regex(/^\d{15}$/, ownFieldSentences.giveImsi());
/** What a role that does not see it all gets of a number: its last digits. */
const maskedNumberSchema = z.string().regex(/^•{4}\d{0,4}$/);
const shownMsisdnSchema = z.union([msisdnSchema, maskedNumberSchema]);
const shownImsiSchema = z.union([imsiSchema, maskedNumberSchema]);
export const subscriberStateSchema = z.enum(["active", "suspended"]);
const classIdSchema = z.string().min(1).max(40);
const whiteListIdsSchema = z.array(z.string().min(1).max(40)).max(50);
const reasonSchema = z.string().trim().min(3).max(500);

/** What staff write of a subscriber. `POST /api/subscribers`; `PUT /api/subscribers/:id` takes `If-Match`. */
export const subscriberInputSchema = z.object({
  msisdn: msisdnSchema,
  imsi: imsiSchema.nullable(),
  state: subscriberStateSchema,
  serviceClassId: classIdSchema,
  extraWhiteListIds: whiteListIdsSchema,
});

export const subscriberSchema = subscriberInputSchema.extend({
  id: z.uuid(),
  msisdn: shownMsisdnSchema,
  imsi: shownImsiSchema.nullable(),
  /** The reader sees the last digits of its numbers; a look-up with a purpose shows them for an hour. */
  isMasked: z.boolean(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  etag: z.string(),
  /** Enrolled and not revoked. */
  devices: z.int().min(0),
});

/** `GET /api/subscribers/:id`. */
export const subscriberDetailSchema = subscriberSchema.extend({
  deviceList: z.array(z.lazy(() => deviceSchema)),
  /** LTE bytes of this calendar month (UTC), both directions. */
  lteBytesThisMonth: byteCountSchema,
  /** The class in force where the quota is reached; null else. */
  quotaClassId: z.string().nullable(),
});

/**
 * `GET /api/subscribers?search=&state=&serviceClassId=&cursor=&limit=`, by MSISDN. `search` takes any way to write an
 * MSISDN (national, with blanks, its last digits), an IMSI or its beginning, a subscriber's or device's id.
 */
export const subscriberFilterSchema = z.object({
  search: z.string().trim().max(64).optional(),
  state: subscriberStateSchema.optional(),
  serviceClassId: classIdSchema.optional(),
});
export const subscriberListQuerySchema = pageQuerySchema.extend(subscriberFilterSchema.shape);
export const subscriberListSchema = z.object({
  items: z.array(subscriberSchema),
  nextCursor: z.string().nullable(),
  /** Exact up to 10,000, beyond that an estimate. */
  total: z.object({ value: z.int().min(0), isExact: z.boolean() }),
});

/** `POST /api/subscribers/bulk` with `Idempotency-Key`: these ids, or all that the filter finds. */
export const bulkChangeSchema = z.object({
  target: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("ids"), ids: z.array(z.uuid()).min(1).max(1000) }),
    z.object({ kind: z.literal("filter"), filter: subscriberFilterSchema, expectedCount: z.int().min(0).nullable() }),
  ]),
  change: z
    .object({ state: subscriberStateSchema.optional(), serviceClassId: classIdSchema.optional() })
    .refine((change) => Object.values(change).some((value) => value !== undefined), ownFieldSentences.chooseChange()),
  reason: reasonSchema,
});
export const bulkChangeReplySchema = z.object({ matched: z.int().min(0), changed: z.int().min(0) });

export const deviceSchema = z.object({
  id: z.string(),
  name: z.string().max(80),
  subscriberId: z.uuid(),
  msisdn: shownMsisdnSchema,
  enrolledAt: timestampSchema,
  /** Last time it asked the portal or came by a node. */
  lastSeenAt: timestampSchema.nullable(),
  secretChangedAt: timestampSchema,
  revokedAt: timestampSchema.nullable(),
});
/** `GET /api/devices?search=&state=&subscriberId=`, newest first. */
export const deviceListQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().max(64).optional(),
  state: z.enum(["enrolled", "revoked"]).optional(),
  subscriberId: z.uuid().optional(),
});
export const deviceListSchema = z.object({ items: z.array(deviceSchema), nextCursor: z.string().nullable() });

/** `POST /api/subscribers/:id/enrolment-codes`: shown once, works once. */
export const enrolmentCodeSchema = z.object({
  /** Eight characters without look-alikes, in two groups: "K7QF-3M9T". */
  code: z.string(),
  expiresAt: timestampSchema,
  /** What the QR code holds: `twinpath://enrol?portal=…&code=…`. */
  uri: z.string(),
  /** The command that enrols a device with it; PROXY stands for the proxy's address. */
  command: z.string(),
});
/** `POST /api/agents/enrol`: no credential but the code. Wrong codes are slowed per source. */
export const enrolRequestSchema = z.object({ code: z.string().min(4).max(32), name: z.string().trim().min(1).max(80) });
/** Also the answer to `POST /api/devices/:deviceId/rotate` (no body): the secret is shown once. `POST /api/devices/:deviceId/revoke` has no body but a reason. */
export const deviceCredentialSchema = z.object({ deviceId: z.string(), secret: z.string() });
export const deviceReasonSchema = z.object({ reason: reasonSchema });

/*
 * CSV: columns msisdn, imsi, state, service_class, extra_white_lists (ids with ";" between), in any order, with a head
 * line; UTF-8 with or without BOM, LF or CRLF, quoted fields (RFC 4180). Exports are in MSISDN order, with CRLF.
 *
 * Cells that a spreadsheet would compute or round are written with an apostrophe before them, of which an import takes
 * one away: those that begin with = + - @ or an apostrophe, and whole numbers of 12 digits and more. So an MSISDN is
 * '+821012345678 and an IMSI '450050123456789, which a spreadsheet shows and saves again as they are.
 *
 * Only msisdn must be there. Without a column, known subscribers keep what they have; new ones are active, without IMSI
 * and extra lists, and need a service_class. An empty cell clears imsi and extra_white_lists, and is an error in the
 * others. The columns outcome and message of a result file are passed over.
 */

export const maxImportBytes = 64 * 1024 * 1024;
export const maxImportRows = 1_000_000;

export const importStateSchema = z.enum(["checking", "checked", "committing", "done", "failed", "cancelled"]);
export const importOutcomeSchema = z.enum(["create", "update", "unchanged", "error"]);

/** `POST /api/subscriber-imports?name=FILE` with `Content-Type: text/csv`: a dry run; nothing is changed before the commit. */
export const importJobSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  state: importStateSchema,
  createdAt: timestampSchema,
  createdBy: z.string(),
  finishedAt: timestampSchema.nullable(),
  sizeBytes: byteCountSchema,
  rows: z.int().min(0),
  /** Rows checked, or committed, so far. */
  progress: z.int().min(0),
  counts: z.record(importOutcomeSchema, z.int().min(0)),
  /** Why it failed: what to mend in the file; and the same by code, where it has one. */
  failure: z.string().nullable(),
  failureTold: toldSchema.nullable(),
});
export const importJobListSchema = z.object({ items: z.array(importJobSchema), nextCursor: z.string().nullable() });
/** `POST /api/subscriber-imports/:id/commit`: rows without error are written. `…/cancel` has no body. */
export const commitImportSchema = z.object({ reason: reasonSchema });
/** `GET /api/subscriber-imports/:id/rows?outcome=&cursor=&limit=`; `GET …/result` is the CSV file with two columns more. */
export const importRowQuerySchema = pageQuerySchema.extend({ outcome: importOutcomeSchema.optional() });
export const importRowSchema = z.object({
  line: z.int().min(1),
  /** As it was in the file, or its last digits. */
  msisdn: z.string(),
  outcome: importOutcomeSchema,
  /** What to know of it in English, and the same by code. */
  message: z.string(),
  told: z.array(toldSchema),
});
export const importRowListSchema = z.object({ items: z.array(importRowSchema), nextCursor: z.string().nullable() });
export const importNameQuerySchema = z.object({ name: z.string().trim().min(1).max(120).default("subscribers.csv") });

export type SubscriberState = z.infer<typeof subscriberStateSchema>;
export type SubscriberInput = z.infer<typeof subscriberInputSchema>;
export type Subscriber = z.infer<typeof subscriberSchema>;
export type SubscriberDetail = z.infer<typeof subscriberDetailSchema>;
export type SubscriberFilter = z.infer<typeof subscriberFilterSchema>;
export type SubscriberList = z.infer<typeof subscriberListSchema>;
export type BulkChange = z.infer<typeof bulkChangeSchema>;
export type BulkChangeReply = z.infer<typeof bulkChangeReplySchema>;
export type Device = z.infer<typeof deviceSchema>;
export type DeviceList = z.infer<typeof deviceListSchema>;
export type EnrolmentCode = z.infer<typeof enrolmentCodeSchema>;
export type DeviceCredential = z.infer<typeof deviceCredentialSchema>;
export type ImportState = z.infer<typeof importStateSchema>;
export type ImportOutcome = z.infer<typeof importOutcomeSchema>;
export type ImportJob = z.infer<typeof importJobSchema>;
export type ImportJobList = z.infer<typeof importJobListSchema>;
export type ImportRow = z.infer<typeof importRowSchema>;
export type ImportRowList = z.infer<typeof importRowListSchema>;
