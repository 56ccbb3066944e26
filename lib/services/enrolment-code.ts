import { createHmac } from "node:crypto";
import { requireEnv } from "@/lib/shared/env";
import { newReadableCode, normaliseReadableCode } from "./readable-code";

/** A new code, 37 random bits: "K7QF-3M9T". */
export function newEnrolmentCode(): string {
  return newReadableCode(8);
}

/**
 * What the database keeps of a code. The portal's secret is part of it, because a code has too few bits to withstand
 * trying them all against a stolen copy of the database.
 */
export function enrolmentCodeHash(code: string): string {
  return createHmac("sha256", requireEnv("NEXTAUTH_SECRET"))
    .update(`enrolment ${normaliseReadableCode(code)}`)
    .digest("hex");
}
