import * as z from "zod";
import { timestampSchema } from "./access";
import { serviceClassSchema } from "./policy";
import { sessionRowSchema } from "./portal";
import { supportLookUpSchema } from "./support";
import { pathEventSchema } from "./telemetry";

/** `POST /api/support/moment`: how it was for a subscriber; a look-up, kept with its purpose. */
export const momentRequestSchema = supportLookUpSchema
  .pick({ identifier: true, purpose: true })
  .extend({ at: timestampSchema });

/** What an entry of the audit log has to do with the subscriber. */
export const auditConcernSchema = z.enum(["subscriber", "class", "policy"]);

export const supportMomentSchema = z.object({
  at: timestampSchema,
  /** What happened to paths is told from here to there. */
  from: timestampSchema,
  to: timestampSchema,
  subscriber: z.object({ id: z.uuid(), msisdn: z.string() }),
  /** That ran at the moment, newest first, at most 50. */
  sessions: z.array(sessionRowSchema),
  /** Newest first, at most 500. */
  events: z.array(pathEventSchema.extend({ destination: z.string(), sessionKey: z.string() })),
  /** In force for this subscriber then; null before the first policy. */
  policy: z
    .object({
      version: z.int(),
      isTrial: z.boolean(),
      reason: z.string(),
      publishedAt: timestampSchema,
      publishedBy: z.string(),
      /** Of the sessions then, else the one the subscriber has now; null: that version has no such class. */
      serviceClass: serviceClassSchema.nullable(),
    })
    .nullable(),
  /** Two hours to either side, newest first, at most 200. */
  audit: z.array(
    z.object({
      id: z.string(),
      at: timestampSchema,
      actor: z.string(),
      action: z.string(),
      target: z.string(),
      reason: z.string().nullable(),
      concern: auditConcernSchema,
    }),
  ),
});

export type MomentRequest = z.infer<typeof momentRequestSchema>;
export type SupportMoment = z.infer<typeof supportMomentSchema>;
export type AuditConcern = z.infer<typeof auditConcernSchema>;
