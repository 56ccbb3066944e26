import type { OAuthConfig } from "next-auth/providers/oauth";
import * as z from "zod";
import { type Role, roleSchema } from "@/lib/contracts/portal";
import { type EnvName, readEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

/** Roles by what they may, most first: somebody in several groups has the first one's. */
const byRights: readonly Role[] = ["admin", "operator", "support", "demo", "viewer"];
const answerTimeoutMs = 10_000;
const needed: readonly EnvName[] = [
  "TWINPATH_SSO_ISSUER",
  "TWINPATH_SSO_CLIENT_ID",
  "TWINPATH_SSO_CLIENT_SECRET",
  "TWINPATH_SSO_ROLES",
];

/** How staff sign in by the operator's own provider (OpenID Connect). */
export type SingleSignOn = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** On the sign-in page's button. */
  name: string;
  scope: string;
  /** Claim of the ID token with the groups somebody is in. */
  groupsClaim: string;
  roleOf: ReadonlyMap<string, Role>;
};

/** What the provider says of somebody; `role` by their groups, null for none. */
export type ProviderIdentity = { subject: string; email: string | null; name: string; role: Role | null };

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional(),
  /** Absent where the provider does not say; then its addresses are the operator's own. */
  email_verified: z.boolean().optional(),
  name: z.string().max(200).optional(),
});

function parseRoles(text: string): Map<string, Role> {
  const pairs = text.split(",").map((part) => part.trim());
  return new Map(
    pairs
      .filter((pair) => pair !== "")
      .map((pair) => {
        const at = pair.lastIndexOf("=");
        const role = roleSchema.safeParse(pair.slice(at + 1).trim());
        const group = pair.slice(0, Math.max(at, 0)).trim();
        if (!role.success || group === "")
          throw new AppError(
            "ENV_BAD_VALUE",
            `TWINPATH_SSO_ROLES has "${pair}": give group=role with one of ${byRights.join(", ")}, with commas.`,
          );
        return [group, role.data];
      }),
  );
}

function parseIssuer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && isLocal)))
    throw new AppError("ENV_BAD_VALUE", `TWINPATH_SSO_ISSUER is "${text}": give the provider's https:// address.`);
  return text.replace(/\/+$/, "");
}

/** The single sign-on as it is configured; null where it is off. Errors: AppError ENV_MISSING, ENV_BAD_VALUE. */
export function readSingleSignOn(): SingleSignOn | null {
  const [issuer = null, clientId = null, clientSecret = null, roles = null] = needed.map(readEnv);
  if (issuer === null && clientId === null && clientSecret === null && roles === null) return null;
  if (issuer === null || clientId === null || clientSecret === null || roles === null)
    throw new AppError("ENV_MISSING", `Single sign-on takes ${needed.join(", ")}: set all of them or none.`);
  return {
    issuer: parseIssuer(issuer),
    clientId,
    clientSecret,
    name: readEnv("TWINPATH_SSO_NAME") ?? "Single sign-on",
    scope: readEnv("TWINPATH_SSO_SCOPE") ?? "openid profile email",
    groupsClaim: readEnv("TWINPATH_SSO_GROUPS_CLAIM") ?? "groups",
    roleOf: parseRoles(roles),
  };
}

/** Who the claims of an ID token are of. Errors: AppError SSO_BAD_CLAIMS. */
export function identityOf(claims: Record<string, unknown>, sso: SingleSignOn): ProviderIdentity {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success)
    throw new AppError("SSO_BAD_CLAIMS", "The provider's ID token does not say who it is of as expected.", {
      cause: parsed.error,
    });
  const { sub, email, email_verified: isVerified = true, name } = parsed.data;
  const said = claims[sso.groupsClaim];
  const groups = (Array.isArray(said) ? said : [said]).filter((group) => typeof group === "string");
  const roles = new Set(groups.map((group) => sso.roleOf.get(group)));
  const known = email !== undefined && isVerified ? email.toLowerCase() : null;
  return {
    subject: `${sso.issuer} ${sub}`,
    email: known,
    name: name ?? known ?? sub,
    role: byRights.find((role) => roles.has(role)) ?? null,
  };
}

/**
 * The provider for next-auth: authorization code with PKCE, state and nonce; who it is comes from the signed ID token.
 * Source: OpenID Connect Core 1.0 §3.1; RFC 7636.
 */
export function singleSignOnProvider(sso: SingleSignOn): OAuthConfig<Record<string, unknown>> {
  const { issuer, clientId, clientSecret, name, scope } = sso;
  return {
    id: "sso",
    name,
    type: "oauth",
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    authorization: { params: { scope } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    httpOptions: { timeout: answerTimeoutMs },
    profile: (claims) => ({ id: String(claims["sub"]) }),
  };
}
