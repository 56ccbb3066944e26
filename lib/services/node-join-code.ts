import { createHmac } from "node:crypto";
import { requireEnv } from "@/lib/shared/env";
import { newReadableCode, normaliseReadableCode } from "./readable-code";

/** A new code, 55 random bits: "K7QF3M-9TAC4W". */
export function newJoinCode(): string {
  return newReadableCode(12);
}

/** What the database keeps of a code: with the portal's secret, as of enrolment codes. */
export function joinCodeHash(code: string): string {
  return createHmac("sha256", requireEnv("NEXTAUTH_SECRET"))
    .update(`node join ${normaliseReadableCode(code)}`)
    .digest("hex");
}
