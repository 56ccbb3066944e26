/** What a sentence names. Numbers stay numbers, so that each language counts its own way. */
export type ToldValue = string | number | Told;

/** A sentence by its code and what it names, for who tells it in another language than English. */
export type Told = { code: string; values: { [name: string]: ToldValue } };

/** A sentence in English, and the same to be told in another language. */
export type Said = { text: string; told: Told };

/** What an English sentence names. */
export type Named<Names extends string> = Readonly<Record<Names, string | number>>;

type Sentences = Readonly<Record<string, (named: never) => string>>;
/** A sentence may name another one, that its reader wants in the same language. */
type Given<Names> = { readonly [Name in keyof Names]: Names[Name] | Said };
type Arguments<Sentence extends (named: never) => string> =
  Parameters<Sentence> extends [infer Names] ? [named: Given<Names>] : [];

function textOf(value: string | number | Said): string | number {
  return typeof value === "object" ? value.text : value;
}

function toldOf(value: string | number | Said): ToldValue {
  return typeof value === "object" ? value.told : value;
}

/** A sentence as one that takes whatever a table's keys were checked to give it. */
function asPlain(sentence: ((named: never) => string) | undefined): (named: Named<string>) => string {
  return (sentence ?? String) as (named: Named<string>) => string;
}

/** `say(code, named)` for a table from codes to English sentences. */
export function sayBy<Table extends Sentences>(table: Table) {
  return <Code extends keyof Table & string>(code: Code, ...[named = {}]: Arguments<Table[Code]>): Said => {
    const given = Object.entries<string | number | Said>(named);
    const texts = Object.fromEntries(given.map(([name, value]) => [name, textOf(value)]));
    const values = Object.fromEntries(given.map(([name, value]) => [name, toldOf(value)]));
    return { text: asPlain(table[code])(texts), told: { code, values } };
  };
}

/** In English, by a table from codes to sentences; empty where the table does not have the code. */
export function textOfTold(table: Sentences, { code, values }: Told): string {
  if (!(code in table)) return "";
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "object" ? textOfTold(table, value) : value,
  ]);
  return String(asPlain(table[code])(Object.fromEntries(texts)));
}

/** Sentences, and parts that are none by themselves, as one text. */
export function joinSentences(parts: readonly string[]): string {
  return parts.reduce((all, part) => (all === "" ? part : `${all}${/[.:]$/.test(all) ? "" : ";"} ${part}`), "");
}

/** A text that no table has: told as it is. */
export function saidAsIs(text: string): Said {
  return { text, told: { code: "asIs", values: { text } } };
}
