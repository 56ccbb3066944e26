import { portalOrigin } from "@/lib/auth/session-cookie";
import { AppError } from "@/lib/shared/errors";

/** A write by a browser must come from our own pages: exactly our origin, not none and not `null`. */
export function requireSameOrigin(request: Request): void {
  const expected = portalOrigin();
  if (request.headers.get("origin") !== expected)
    throw new AppError(
      "ORIGIN_REFUSED",
      `Changes are taken from pages at ${expected} only. Open the portal at that address.`,
    );
}
