import type { Me } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { isPasswordOf } from "./password";
import { countTry } from "./sign-in-throttle";

/**
 * Check an email address and password. Unknown accounts cost the same work and get the same answer as wrong passwords.
 *
 * @param source where the try came from (the client's address), for slowing it down
 * Errors: AppError SIGN_IN_REFUSED, SIGN_IN_THROTTLED.
 */
export async function checkSignIn(input: { email: string; password: string; source: string }): Promise<Me> {
  const email = input.email.trim().toLowerCase();
  const counted = await countTry(email, input.source);
  const staff = await getDatabase().staff.findUnique({ where: { email } });
  const isRight = await isPasswordOf(staff?.passwordHash ?? null, input.password);
  if (!isRight || staff === null || staff.disabledAt !== null)
    throw new AppError("SIGN_IN_REFUSED", "Email address or password is wrong.");
  await counted.forgetAll();
  return { id: staff.id, name: staff.name, email: staff.email, role: staff.role };
}
