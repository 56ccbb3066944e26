import * as z from "zod";
import { timestampSchema } from "./access";
import { pageQuerySchema } from "./portal";

/**
 * Who, what, to whom, when. `actor` is an account's name or address, a token's name, or the beginning of what the log
 * writes (`node:`, `system`); `action` and `target` are beginnings too (`policy.`, `subscriber:`).
 */
export const auditFilterSchema = z.object({
  actor: z.string().trim().max(100).optional(),
  action: z.string().trim().max(60).optional(),
  target: z.string().trim().max(100).optional(),
  from: timestampSchema.optional(),
  to: timestampSchema.optional(),
});

/** `GET /api/audit`, newest first; `GET /api/audit/export` takes the filter and is a CSV file, oldest first. */
export const auditListQuerySchema = pageQuerySchema.extend(auditFilterSchema.shape);

export const auditEntrySchema = z.object({
  id: z.int().min(1),
  at: timestampSchema,
  /** As the log writes it: `staff:<id>`, `node:<id>`, `system`. */
  actor: z.string(),
  /** The account's name; what is none keeps its text. */
  actorName: z.string(),
  action: z.string(),
  target: z.string(),
  /** The account's name where the target is one, else null. */
  targetName: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
  hash: z.string(),
});
export const auditListSchema = z.object({ items: z.array(auditEntrySchema), nextCursor: z.string().nullable() });

/**
 * `GET /api/audit/verification` walks the whole chain. `brokenAt` is the first entry that was changed, or before which one
 * is missing. A cut-off tail is seen only by who kept an earlier `headHash`.
 */
export const auditVerdictSchema = z.object({
  entries: z.int().min(0),
  brokenAt: z.int().nullable(),
  headHash: z.string(),
  verifiedAt: timestampSchema,
});

export type AuditFilter = z.infer<typeof auditFilterSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type AuditList = z.infer<typeof auditListSchema>;
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
