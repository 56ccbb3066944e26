import type { Precondition } from "@/lib/services/lost-update";
import { AppError } from "@/lib/shared/errors";

/**
 * What a write depends on: `If-Match: "<etag>"`, or `If-None-Match: *` to create. Source: RFC 9110 §13.1.
 * Errors: AppError PRECONDITION_MISSING (428, RFC 6585 §3).
 */
export function preconditionOf(request: Request): Precondition {
  if (request.headers.get("if-none-match")?.trim() === "*") return { kind: "absent" };
  const etag = /^"([\x21\x23-\x7e]{1,80})"$/.exec(request.headers.get("if-match")?.trim() ?? "")?.[1];
  if (etag === undefined)
    throw new AppError(
      "PRECONDITION_MISSING",
      'Send If-Match: "<etag>" of what you read, or If-None-Match: * to create.',
    );
  return { kind: "matches", etag };
}

/** The same where the writer says what it saw; null where it does not. */
export function sentPreconditionOf(request: Request): Precondition | null {
  const isSent = request.headers.has("if-match") || request.headers.has("if-none-match");
  return isSent ? preconditionOf(request) : null;
}

/** An answer that carries its item's ETag as a header too. */
export function jsonWithEtag(body: { etag: string }, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", etag: `"${body.etag}"` } });
}
