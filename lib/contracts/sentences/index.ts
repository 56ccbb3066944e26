import { policySentences } from "@/lib/policy/sentences";
import { sayBy } from "@/lib/shared/said";
import { fieldSentences } from "./field-sentences";
import { portalSentences } from "./portal-sentences";
import { verdictSentences } from "./verdict-sentences";

/** Everything that the portal says by code; each language has words for each of them. */
export const sentences = { ...portalSentences, ...fieldSentences, ...policySentences, ...verdictSentences } as const;

export type SentenceCode = keyof typeof sentences;

export const say = sayBy(sentences);
