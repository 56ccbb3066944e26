import { requireEnv } from "@/lib/shared/env";

/** The address browsers use, as `scheme://host[:port]`. Errors: AppError ENV_MISSING. */
export function portalOrigin(): string {
  return new URL(requireEnv("NEXTAUTH_URL")).origin;
}

function isHttps(): boolean {
  return portalOrigin().startsWith("https:");
}

const attributes = () => ({ httpOnly: true, sameSite: "lax" as const, path: "/", secure: isHttps() });

/** On https browsers take a `__Host-` cookie only with Secure, for this host alone and the whole site. */
export function sessionCookie(part: "session" | "csrf" | "callback" | "pkce" | "state" | "nonce") {
  return { name: `${isHttps() ? "__Host-" : ""}twinpath.${part}`, options: attributes() };
}
