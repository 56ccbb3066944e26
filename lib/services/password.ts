import { hash, verify } from "@node-rs/argon2";
import { AppError } from "@/lib/shared/errors";

/** Argon2id (the library's default kind). Source: OWASP Password Storage Cheat Sheet, first choice. */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

const minLength = 12;

/** The ones of 12 characters and more that head the lists of leaked passwords, without digits and marks at their end. */
const commonStems = [
  "123456789",
  "1234567890",
  "qwertyuiop",
  "qwertyuiopasdf",
  "qwertyqwerty",
  "asdfghjkl",
  "asdfasdfasdf",
  "zxcvbnm",
  "password",
  "passwordpassword",
  "p@ssword",
  "p@ssw0rd",
  "passw0rd",
  "mypassword",
  "changeme",
  "changemenow",
  "letmein",
  "letmeinplease",
  "iloveyou",
  "iloveyousomuch",
  "administrator",
  "adminadmin",
  "adminadminadmin",
  "superadmin",
  "welcome",
  "welcometwinpath",
  "twinpath",
  "twinpathadmin",
  "trustno",
  "correcthorsebatterystaple",
  "football",
  "baseball",
  "princess",
  "sunshine",
  "dragon",
  "monkey",
  "abcdefghijkl",
  "abc",
  "abcabcabcabc",
  "testtesttest",
  "secretsecret",
  "default",
  "unknown",
];

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}]/gu, "");
}

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  const stem = lower.replace(/[\d\W_]+$/, "");
  const isRepeated = [1, 2, 3, 4].some(
    (size) =>
      lower ===
      lower
        .slice(0, size)
        .repeat(lower.length / size + 1)
        .slice(0, lower.length),
  );
  const isRun = [...lower].every(
    (char, index) => index === 0 || char.charCodeAt(0) - lower.charCodeAt(index - 1) === 1,
  );
  return isRepeated || isRun || /^\d*$/.test(lower) || commonStems.includes(stem);
}

/**
 * Refuse passwords that are guessed first. Length counts; kinds of characters do not.
 * Errors: AppError PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON.
 * Source: NIST SP 800-63B §5.1.1.2.
 */
export function requireGoodPassword(password: string, owner: { email: string; name: string }): void {
  if ([...password].length < minLength)
    throw new AppError("PASSWORD_TOO_SHORT", `Use at least ${minLength} characters; a few words are fine.`);
  const [account = ""] = owner.email.toLowerCase().split("@");
  const own = [owner.email, account, owner.name].map(lettersOf).filter((letters) => letters !== "");
  const isOwn = own.includes(lettersOf(password));
  if (isOwn || isCommon(password))
    throw new AppError(
      "PASSWORD_TOO_COMMON",
      "This password is among the first that get guessed. Use a few unrelated words.",
    );
}

/** Argon2id hash in PHC string form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), cost);
}

let nobodysHash: Promise<string> | null = null;

/** Compare with an account's hash; for an account that does not exist (null) the same work is done, to the same answer. */
export async function isPasswordOf(passwordHash: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hash("no account has this password", cost);
  const isMatch = await verify(passwordHash ?? (await nobodysHash), password.normalize("NFKC"));
  return isMatch && passwordHash !== null;
}
