import type { Prisma, Transaction } from "@/lib/db/client";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";

/** How long the same key is known. */
const keptMs = 24 * 3_600_000;

export type IdempotentCall = {
  /** Of the header `Idempotency-Key`. */
  key: string;
  /** A key is known per actor. */
  actor: string;
  /** What is asked for; the same key with another request is a mistake of the caller. */
  request: unknown;
};

/**
 * The answer that a call with this key had; null for the first one. Of two calls at the same time the second waits for
 * the first one's transaction. Errors: AppError IDEMPOTENCY_KEY_REUSED.
 */
export async function answerByKey<T extends Prisma.InputJsonObject>(
  transaction: Transaction,
  { key, actor, request }: IdempotentCall,
): Promise<T | null> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`idempotent ${actor} ${key}`}, 0))`;
  await transaction.idempotentRequest.deleteMany({ where: { createdAt: { lt: new Date(Date.now() - keptMs) } } });
  const known = await transaction.idempotentRequest.findUnique({ where: { actor_key: { actor, key } } });
  if (known !== null && known.requestSha256 !== digestOf(request))
    throw new AppError(
      "IDEMPOTENCY_KEY_REUSED",
      "This Idempotency-Key was used for another request. Make a new key for each change.",
    );
  // Written by `onceByKey` only, for the same request: it has the shape of its work's answer.
  return known === null ? null : (known.answer as T);
}

function digestOf(request: unknown): string {
  return sha256Hex(canonicalJson(request));
}

/**
 * Do the work once per key: a call that comes again gets the first one's answer. The answer is stored in the
 * transaction of the work.
 *
 * Errors: AppError IDEMPOTENCY_KEY_REUSED; those of the work, which leave no trace.
 */
export async function onceByKey<T extends Prisma.InputJsonObject>(
  transaction: Transaction,
  call: IdempotentCall,
  work: () => Promise<T>,
): Promise<T> {
  const known = await answerByKey<T>(transaction, call);
  if (known !== null) return known;
  const answer = await work();
  const { key, actor, request } = call;
  await transaction.idempotentRequest.create({ data: { key, actor, requestSha256: digestOf(request), answer } });
  return answer;
}
