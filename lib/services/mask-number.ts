import type { Told } from "@/lib/shared/said";
import { shownDigits } from "./subscriber-search";

const dots = "••••";

/** Of a number in any writing, its last digits behind dots. */
export function maskNumber(text: string): string {
  return `${dots}${text.replaceAll(/\D/g, "").slice(-shownDigits)}`;
}

/** A sentence with every MSISDN and IMSI in it masked. */
export function maskNumbersIn(text: string): string {
  return text.replaceAll(/\+\d{7,15}|\d{8,}/g, maskNumber);
}

/** A file's cell may hold a number in any writing. */
function maskCell(text: string): string {
  return text.replaceAll(/\D/g, "").length > shownDigits ? maskNumber(text) : text;
}

/** The same of a sentence by its code. */
export function maskNumbersInTold({ code, values }: Told): Told {
  const masked = Object.entries(values).map(([name, value]) => {
    if (typeof value === "object") return [name, maskNumbersInTold(value)];
    if (typeof value === "number") return [name, value];
    return [name, name === "cell" ? maskCell(value) : maskNumbersIn(value)];
  });
  return { code, values: Object.fromEntries(masked) };
}
