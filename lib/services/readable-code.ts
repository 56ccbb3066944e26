import { randomInt } from "node:crypto";

/** Letters and digits that are not taken for one another, also on paper and by telephone. */
const alphabet = "ACDEFGHJKMNPQRTUVWXY34679";

/** A new code of so many letters in two groups, 4.6 random bits a letter: "K7QF-3M9T". */
export function newReadableCode(length: number): string {
  const letters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${letters.slice(0, length / 2)}-${letters.slice(length / 2)}`;
}

/** The code as it was made, of any way to type it. */
export function normaliseReadableCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}
