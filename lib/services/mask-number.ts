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
