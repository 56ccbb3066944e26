import { type ApiToken, tokenScopeSchema } from "@/lib/contracts/api-tokens";
import type { Role } from "@/lib/contracts/portal";

/** Roles that may make, see and revoke tokens. */
export const tokenRoles: readonly Role[] = ["admin"];

type TokenRow = {
  id: string;
  name: string;
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  staff: { name: string };
};

/** Scopes as they are stored; one that an older version knew is left out. */
export function scopesOf(stored: readonly string[]): ApiToken["scopes"] {
  return stored.flatMap((text) => {
    const scope = tokenScopeSchema.safeParse(text);
    return scope.success ? [scope.data] : [];
  });
}

export function asApiToken(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    staffName: row.staff.name,
    scopes: scopesOf(row.scopes),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
