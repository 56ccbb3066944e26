import { canonicalJson } from "@/lib/shared/canonical-json";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";

/** What a writer saw before it wrote: the ETag it read, or that there was nothing. */
export type Precondition = { kind: "matches"; etag: string } | { kind: "absent" };

/** A write that would undo what somebody else wrote meanwhile; carries what is there now. */
export class LostUpdate extends AppError {
  constructor(
    message: string,
    readonly current: { etag: string; item: unknown },
  ) {
    super("PRECONDITION_FAILED", message);
  }
}

/** The ETag of an item: of its contents, so that equal contents have equal ETags. */
export function etagOf(item: unknown): string {
  return sha256Hex(canonicalJson(item)).slice(0, 20);
}

/**
 * Let a write pass only where the writer saw what is there now.
 *
 * @param current null where there is nothing
 * Errors: LostUpdate (PRECONDITION_FAILED) with what is there; AppError NOT_FOUND where nothing is there any more.
 */
export function requireUnchanged(
  precondition: Precondition,
  current: { etag: string; item: unknown } | null,
  what: string,
): void {
  if (precondition.kind === "absent") {
    if (current !== null) throw new LostUpdate(`${what} exists already.`, current);
    return;
  }
  if (current === null) throw new AppError("NOT_FOUND", `${what} does not exist (any more).`);
  if (current.etag !== precondition.etag)
    throw new LostUpdate(`${what} was changed since you read it. Look at both versions and save again.`, current);
}
