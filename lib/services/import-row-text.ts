import * as z from "zod";
import { sentences } from "@/lib/contracts/sentences";
import { toldSchema } from "@/lib/contracts/told";
import { joinSentences, type Told, textOfTold } from "@/lib/shared/said";

/** What is told of a row, as it is stored. */
export const readTold = (stored: unknown): Told[] => z.array(toldSchema).parse(stored);

/** The same in English. */
export function importRowText(told: readonly Told[]): string {
  return joinSentences(told.map((one) => textOfTold(sentences, one)));
}
