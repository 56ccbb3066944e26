import { getDatabase, type Transaction } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import { sourceKey } from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";

const windowMs = 15 * 60_000;
/** Failures in the window before further tries are refused unread: from one source on one account, and over all. */
const limits = { accountAndSource: 5, account: 50, source: 50 };

/** Counts this try first and looks then, so that many at once cannot slip through together. */
async function count(
  transaction: Transaction,
  attempt: { accountHash: string; source: string },
): Promise<{ id: bigint; isTooMany: boolean }> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.signIn})`;
  const since = new Date(Date.now() - windowMs);
  await transaction.signInAttempt.deleteMany({ where: { at: { lt: since } } });
  const { id } = await transaction.signInAttempt.create({ data: attempt });
  const { accountHash, source } = attempt;
  const both = await transaction.signInAttempt.count({ where: attempt });
  const account = await transaction.signInAttempt.count({ where: { accountHash } });
  const anyAccount = await transaction.signInAttempt.count({ where: { source } });
  return { id, isTooMany: both > limits.accountAndSource || account > limits.account || anyAccount > limits.source };
}

/** A try at an account's password or code; it counts as a failure until it is taken back. */
export type CountedTry = {
  /** It was no failure, and says nothing about the ones before. */
  takeBack: () => Promise<void>;
  /** It succeeded: the source's failures on this account are forgotten. */
  forgetAll: () => Promise<void>;
};

/**
 * Count a try before its secret is looked at.
 *
 * @param email of the account, in lower case; it need not exist
 * @param source where the try came from (the client's address)
 * Errors: AppError SIGN_IN_THROTTLED.
 */
export async function countTry(email: string, source: string): Promise<CountedTry> {
  const database = getDatabase();
  const attempt = { accountHash: sha256Hex(email), source: sourceKey(source) };
  const { id, isTooMany } = await database.$transaction((transaction) => count(transaction, attempt));
  const takeBack = async (): Promise<void> => {
    await database.signInAttempt.deleteMany({ where: { id } });
  };
  if (isTooMany) {
    await takeBack();
    throw new AppError("SIGN_IN_THROTTLED", "Too many tries. Wait a quarter of an hour and try again.");
  }
  return {
    takeBack,
    forgetAll: async () => {
      await database.signInAttempt.deleteMany({ where: attempt });
    },
  };
}
