import * as z from "zod";
import { timestampSchema } from "./access";
import { demoRunSchema } from "./live";

/** A link that shows one run to whoever has it, without sign-in. */
export const demoShareSchema = z.object({
  id: z.uuid(),
  createdBy: z.string(),
  createdAt: timestampSchema,
  expiresAt: timestampSchema,
  revokedAt: timestampSchema.nullable(),
});

/** `GET /api/demo/runs/:id/shares`, newest first. `POST` makes one: its address is told once. */
export const demoShareListSchema = z.object({ items: z.array(demoShareSchema) });
export const newDemoShareSchema = demoShareSchema.extend({ url: z.url() });

/** `POST /api/demo/shares/open`, by anybody; the token stays out of addresses, and so out of logs. */
export const openDemoShareSchema = z.object({ token: z.string().min(16).max(64) });
export const sharedRunSchema = z.object({ run: demoRunSchema, expiresAt: timestampSchema });

export type DemoShare = z.infer<typeof demoShareSchema>;
export type NewDemoShare = z.infer<typeof newDemoShareSchema>;
export type SharedRun = z.infer<typeof sharedRunSchema>;
