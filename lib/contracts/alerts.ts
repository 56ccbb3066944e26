import * as z from "zod";
import { timestampSchema } from "./access";
import { toldSchema } from "./told";

export const alertKindSchema = z.enum([
  "fallback-ratio",
  "node-down",
  "policy-drift",
  "lte-share",
  "wifi-stalls",
  "spool-growing",
]);

/** The kinds whose rule has a threshold; the others are so or not. */
export const measuredKinds = [
  "fallback-ratio",
  "lte-share",
  "wifi-stalls",
  "spool-growing",
] as const satisfies readonly AlertKind[];

/** `PUT /api/alerts/rules/:kind` with `If-Match`. */
export const alertRuleInputSchema = z.object({
  isOn: z.boolean(),
  /**
   * Per cent; of `lte-share`, points above the class's target; of `spool-growing`, MB. Null of a rule that measures
   * nothing.
   */
  threshold: z.number().min(0).max(100).nullable(),
  /** For so long it must be so before anybody is told. */
  holdSeconds: z.int().min(0).max(86_400),
});
export const alertRuleSchema = alertRuleInputSchema.extend({
  kind: alertKindSchema,
  /** Its alerts are not shown in the shell until then; null: not muted. */
  mute: z.object({ until: timestampSchema, by: z.string(), reason: z.string() }).nullable(),
  etag: z.string(),
});
export const alertRuleParamsSchema = z.object({ kind: alertKindSchema });

/** `POST /api/alerts/rules/:kind/mute`: from now on; 0 minutes ends it. */
export const muteAlertSchema = z.object({
  minutes: z
    .int()
    .min(0)
    .max(7 * 24 * 60),
  reason: z.string().trim().min(3).max(500),
});

export const alertSchema = z.object({
  id: z.string(),
  kind: alertKindSchema,
  /** A node's or class's id, or `all`. */
  subject: z.string(),
  subjectName: z.string(),
  /** What is so, with its figures. */
  detail: z.string(),
  /** The same by its code, for another language; null of an earlier version. */
  told: toldSchema.nullable(),
  since: timestampSchema,
  firedAt: timestampSchema,
  resolvedAt: timestampSchema.nullable(),
  /** `POST /api/alerts/:id/acknowledge` has no body. */
  acknowledged: z.object({ at: timestampSchema, by: z.string() }).nullable(),
  isMuted: z.boolean(),
});
export const alertParamsSchema = z.object({ id: z.string().regex(/^\d{1,18}$/) });

/** `GET /api/alerts`. */
export const alertListSchema = z.object({
  rules: z.array(alertRuleSchema),
  /** Newest first. */
  open: z.array(alertSchema),
  /** Over, newest first, at most 50. */
  past: z.array(alertSchema),
});

/** `PUT /api/alerts/webhook`; null: send nowhere. `POST /api/alerts/webhook/test` has no body. */
export const alertWebhookInputSchema = z.object({ url: z.string().min(1).max(1000).nullable() });
/** `GET /api/alerts/webhook`. */
export const alertWebhookSchema = z.object({
  /** Scheme and host; the path may be a secret. Null: none is set. */
  origin: z.string().nullable(),
  sentAt: timestampSchema.nullable(),
  /** Why the last delivery failed; null where it did not. */
  failure: z.string().nullable(),
  /** The same by code; null where it has none. */
  failureTold: toldSchema.nullable(),
});

export type AlertKind = z.infer<typeof alertKindSchema>;
export type AlertRuleInput = z.infer<typeof alertRuleInputSchema>;
export type AlertRule = z.infer<typeof alertRuleSchema>;
export type MuteAlert = z.infer<typeof muteAlertSchema>;
export type AlertWebhook = z.infer<typeof alertWebhookSchema>;
export type Alert = z.infer<typeof alertSchema>;
export type AlertList = z.infer<typeof alertListSchema>;
