import { AppError } from "@/lib/shared/errors";

/**
 * The key of a request that must have its effect once. Source: draft-ietf-httpapi-idempotency-key-header §2.
 * Errors: AppError IDEMPOTENCY_KEY_MISSING.
 */
export function idempotencyKeyOf(request: Request): string {
  const key = /^"?([\x21\x23-\x7e]{8,128})"?$/.exec(request.headers.get("idempotency-key")?.trim() ?? "")?.[1];
  if (key === undefined)
    throw new AppError(
      "IDEMPOTENCY_KEY_MISSING",
      "Send Idempotency-Key: a new random text of 8 to 128 characters for each change, the same when you repeat it.",
    );
  return key;
}
