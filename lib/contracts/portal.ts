import * as z from "zod";
import { accessSchema, byteCountSchema, timestampSchema } from "./access";
import { demoRunSchema } from "./live";
import { ownFieldSentences } from "./sentences/field-sentences";
import { pathEventSchema, sessionReportSchema } from "./telemetry";
import { toldSchema } from "./told";

export const roleSchema = z.enum(["admin", "operator", "support", "demo", "viewer"]);
export type Role = z.infer<typeof roleSchema>;

/** The languages of the portal (ISO 639-1). */
export const languageSchema = z.enum(["en", "ko"]);
export type Language = z.infer<typeof languageSchema>;

/** `GET /api/openapi.json`: the language of its summaries (English). */
export const apiDescriptionQuerySchema = z.object({ language: languageSchema.default("en") });

/** `POST /api/setup`: makes the first account; works once, with the link's token. */
export const setupRequestSchema = z.object({
  token: z.string().min(16).max(64),
  name: z.string().trim().min(1).max(80),
  email: z.email().max(254),
  password: z.string().min(12).max(256),
});

/** `GET /api/me`. */
export const meSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  /** Null: none was chosen, the browser's counts. */
  language: languageSchema.nullable(),
});

/** RFC 9457 problem document; `code` is the stable AppError code. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** Field path to message, for forms. */
  fields: z.record(z.string(), z.string()).optional(),
  /** The same by codes, for who tells it in another language than English; what has none is not in it. */
  told: z.object({ detail: toldSchema.optional(), fields: z.record(z.string(), toldSchema).optional() }).optional(),
  /** With 412: what is there now, in the shape of the answer to GET, and its ETag. */
  current: z.object({ etag: z.string(), item: z.unknown() }).optional(),
});

/** Every list: newest first, `cursor` from the page before, at most 100. */
export const pageQuerySchema = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

/** `GET /api/sessions?state=running|ended`. */
export const sessionListQuerySchema = pageQuerySchema.extend({ state: z.enum(["running", "ended"]).optional() });
export const sessionRowSchema = sessionReportSchema
  .omit({ events: true })
  .extend({ key: z.string(), nodeId: z.string(), nodeName: z.string() });
export const sessionListSchema = z.object({ items: z.array(sessionRowSchema), nextCursor: z.string().nullable() });

/**
 * `GET /api/sessions/:key`. `samples` are bytes in buckets of `everyMs` since `from`, oldest first; null where no report
 * covers the bucket. They are kept for a day.
 */
export const sessionDetailSchema = sessionRowSchema.extend({
  events: z.array(pathEventSchema),
  className: z.string(),
  /** Null unless the class shares LTE. */
  targetLteSharePercent: z.number().nullable(),
  achievedLteSharePercent: z.number().nullable(),
  samples: z.object({
    from: timestampSchema,
    everyMs: z.int().min(1),
    buckets: z.array(
      z
        .object({
          lteDownloadBytes: byteCountSchema,
          lteUploadBytes: byteCountSchema,
          wifiDownloadBytes: byteCountSchema,
          wifiUploadBytes: byteCountSchema,
          otherDownloadBytes: byteCountSchema,
          otherUploadBytes: byteCountSchema,
        })
        .nullable(),
    ),
  }),
});
export const sessionKeyParamsSchema = z.object({ key: z.string().regex(/^\d{1,18}$/) });

/** `GET /api/usage?minutes=60`: bytes per access and minute, oldest first; a minute without a report has null. */
export const usageQuerySchema = z.object({ minutes: z.coerce.number().int().min(5).max(1440).default(60) });

/** `GET /api/usage/export?from=2026-11-01&to=2026-11-30`: bytes by day (UTC), subscriber and access, as a CSV file. */
export const usageExportQuerySchema = z
  .object({ from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to, { path: ["to"], message: ownFieldSentences.chooseLaterDay() });
export const usageSchema = z.object({
  minutes: z.array(
    z.object({
      at: timestampSchema,
      access: z
        .record(accessSchema, z.object({ uploadBytes: byteCountSchema, downloadBytes: byteCountSchema }))
        .nullable(),
    }),
  ),
});

/** `GET /api/demo/runs`: runs without samples. `POST` takes a DemoRequest; `GET …/:id` and `POST …/:id/cancel` answer a DemoRun. */
export const demoRunListSchema = z.object({ items: z.array(demoRunSchema), nextCursor: z.string().nullable() });

/** Path parameters. */
export const idParamsSchema = z.object({ id: z.uuid() });
export const deviceParamsSchema = z.object({ deviceId: z.string().min(1).max(64) });

/** `GET /api/health`: 200 while the portal serves and reaches its database. */
export const healthSchema = z.object({ status: z.literal("ok"), version: z.string() });

export type SetupRequest = z.infer<typeof setupRequestSchema>;
export type Me = z.infer<typeof meSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type SessionRow = z.infer<typeof sessionRowSchema>;
export type SessionDetail = z.infer<typeof sessionDetailSchema>;
export type SessionList = z.infer<typeof sessionListSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type DemoRunList = z.infer<typeof demoRunListSchema>;
export type UsageExportQuery = z.infer<typeof usageExportQuerySchema>;
