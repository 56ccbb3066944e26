import * as z from "zod";
import { timestampSchema } from "./access";

/**
 * What a token may: `read` looks at everything that its maker may see, except staff and the audit log; the others are areas
 * of the API, to look at and to change. Accounts and tokens are never within a token's reach.
 */
export const tokenScopeSchema = z.enum(["read", "subscribers", "policy", "nodes", "demo", "audit"]);

export const apiTokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whose rights it has: the token ends where that account's role does. */
  staffName: z.string(),
  scopes: z.array(tokenScopeSchema),
  createdAt: timestampSchema,
  expiresAt: timestampSchema,
  revokedAt: timestampSchema.nullable(),
  lastUsedAt: timestampSchema.nullable(),
});

/** `GET /api/tokens?cursor=&limit=`, newest first. */
export const apiTokenListSchema = z.object({ items: z.array(apiTokenSchema), nextCursor: z.string().nullable() });

/** `POST /api/tokens`. */
export const apiTokenInputSchema = z.object({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(tokenScopeSchema).min(1),
  validDays: z.int().min(1).max(365),
});
/** `secret` is shown once: `Authorization: Bearer <secret>`. */
export const newApiTokenSchema = z.object({ token: apiTokenSchema, secret: z.string() });

/** `POST /api/tokens/:id/revoke`. */
export const revokeTokenSchema = z.object({ reason: z.string().trim().min(3).max(500) });

export type TokenScope = z.infer<typeof tokenScopeSchema>;
export type ApiToken = z.infer<typeof apiTokenSchema>;
export type ApiTokenList = z.infer<typeof apiTokenListSchema>;
export type ApiTokenInput = z.infer<typeof apiTokenInputSchema>;
export type NewApiToken = z.infer<typeof newApiTokenSchema>;
