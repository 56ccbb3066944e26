import type { Me } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { isPasswordOf } from "./password";
import { hasSecondFactor, requireSecondFactor } from "./second-factor";
import { countTry } from "./sign-in-throttle";

type SignIn = {
  email: string;
  password: string;
  /** Of the second factor, where the account has one; empty: not asked for yet. */
  code?: string;
  /** Where the try came from (the client's address), for slowing it down. */
  source: string;
};

/**
 * Check an email address, a password and, where the account has a second factor, a code of it. Unknown accounts cost the
 * same work and get the same answer as wrong passwords.
 *
 * Errors: AppError SIGN_IN_REFUSED, SIGN_IN_THROTTLED; with the right password SECOND_FACTOR_REQUIRED,
 * SECOND_FACTOR_REFUSED, SECOND_FACTOR_UNREADABLE.
 */
export async function checkSignIn({ email: typed, password, code = "", source }: SignIn): Promise<Me> {
  const email = typed.trim().toLowerCase();
  const counted = await countTry(email, source);
  const staff = await getDatabase().staff.findUnique({ where: { email } });
  const isRight = await isPasswordOf(staff?.passwordHash ?? null, password);
  if (!isRight || staff === null || staff.disabledAt !== null)
    throw new AppError("SIGN_IN_REFUSED", "Email address or password is wrong.");
  if (await hasSecondFactor(staff.id)) {
    if (code.trim() === "") {
      await counted.takeBack();
      throw new AppError("SECOND_FACTOR_REQUIRED", "This account takes a code of its second factor too.");
    }
    await requireSecondFactor(staff.id, code);
  }
  await counted.forgetAll();
  const { id, name, role, language } = staff;
  return { id, name, email, role, language };
}
