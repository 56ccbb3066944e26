import { createHmac, randomInt } from "node:crypto";
import { requireEnv } from "@/lib/shared/env";

/** Letters and digits that are not taken for one another, also on paper and by telephone. */
const alphabet = "ACDEFGHJKMNPQRTUVWXY34679";
const length = 8;

/** A new code, 37 random bits: "K7QF-3M9T". */
export function newEnrolmentCode(): string {
  const letters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${letters.slice(0, length / 2)}-${letters.slice(length / 2)}`;
}

/** The code as it was made, of any way to type it. */
export function normaliseEnrolmentCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/**
 * What the database keeps of a code. The portal's secret is part of it, because a code has too few bits to withstand
 * trying them all against a stolen copy of the database.
 */
export function enrolmentCodeHash(code: string): string {
  return createHmac("sha256", requireEnv("NEXTAUTH_SECRET"))
    .update(`enrolment ${normaliseEnrolmentCode(code)}`)
    .digest("hex");
}
