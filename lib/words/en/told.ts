import { type SentenceCode, sentences } from "@/lib/contracts/sentences";

type AsTold = Readonly<Record<SentenceCode, "{text}">>;

/** English is told as the portal says it itself (`text`); the other languages tell each code with what it names. */
export const told = Object.fromEntries(Object.keys(sentences).map((code) => [code, "{text}"])) as AsTold;
