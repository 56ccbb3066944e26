import type { Me } from "@/lib/contracts/portal";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { isPasswordOf } from "./password";

const windowMs = 15 * 60_000;
/** Failures in the window before further tries are refused unread: from one source on one account, and over all. */
const limits = { accountAndSource: 5, account: 50, source: 50 };

type Attempt = { accountHash: string; source: string };

/** Lock key of counting: tries at the same time would not see each other. */
const countLock = 7_410_003;

/** Counts this try first and looks then, so that many at once cannot slip through together. */
async function countAttempt(transaction: Transaction, attempt: Attempt): Promise<{ id: bigint; isTooMany: boolean }> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${countLock})`;
  const since = new Date(Date.now() - windowMs);
  await transaction.signInAttempt.deleteMany({ where: { at: { lt: since } } });
  const { id } = await transaction.signInAttempt.create({ data: attempt });
  const { accountHash, source } = attempt;
  const both = await transaction.signInAttempt.count({ where: attempt });
  const account = await transaction.signInAttempt.count({ where: { accountHash } });
  const anyAccount = await transaction.signInAttempt.count({ where: { source } });
  return { id, isTooMany: both > limits.accountAndSource || account > limits.account || anyAccount > limits.source };
}

/**
 * Check an email address and password. Unknown accounts cost the same work and get the same answer as wrong passwords.
 *
 * @param source where the try came from (the client's address), for slowing it down
 * Errors: AppError SIGN_IN_REFUSED, SIGN_IN_THROTTLED.
 */
export async function checkSignIn(input: { email: string; password: string; source: string }): Promise<Me> {
  const database = getDatabase();
  const email = input.email.trim().toLowerCase();
  const attempt = { accountHash: sha256Hex(email), source: input.source };
  const { id, isTooMany } = await database.$transaction((transaction) => countAttempt(transaction, attempt));
  if (isTooMany) {
    await database.signInAttempt.delete({ where: { id } }).catch(() => undefined);
    throw new AppError("SIGN_IN_THROTTLED", "Too many tries. Wait a quarter of an hour and try again.");
  }
  const staff = await database.staff.findUnique({ where: { email } });
  const isRight = await isPasswordOf(staff?.passwordHash ?? null, input.password);
  if (!isRight || staff === null || staff.disabledAt !== null)
    throw new AppError("SIGN_IN_REFUSED", "Email address or password is wrong.");
  await database.signInAttempt.deleteMany({ where: attempt });
  return { id: staff.id, name: staff.name, email: staff.email, role: staff.role };
}
