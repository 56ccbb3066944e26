import type { Told, ToldValue } from "@/lib/shared/said";
import type { Messages } from "@/lib/words/messages";
import type { Translate } from "@/lib/words/translate";

type ToldKey = `told.${keyof Messages["told"]}`;

function isToldKey(t: Translate, key: string): key is ToldKey {
  return t.has(key as ToldKey);
}

function toldIn(values: readonly ToldValue[]): Told[] {
  return values.filter((value) => typeof value === "object");
}

/** Whether the reader's language has words for the sentence and for all that it names. */
function hasWords(t: Translate, { code, values }: Told): boolean {
  return isToldKey(t, `told.${code}`) && toldIn(Object.values(values)).every((inner) => hasWords(t, inner));
}

/**
 * A sentence of the portal in the reader's language.
 *
 * @param text in English, as the portal says it: for who reads English, and where the code is not known here
 */
export function tell(t: Translate, text: string, told: Told | null | undefined): string {
  if (told === null || told === undefined || !hasWords(t, told)) return text;
  const key = `told.${told.code}`;
  if (!isToldKey(t, key)) return text;
  const named = Object.entries(told.values).map(([name, value]) => [
    name,
    typeof value === "object" ? tell(t, "", value) : value,
  ]);
  return t(key, { text, ...Object.fromEntries(named) });
}
