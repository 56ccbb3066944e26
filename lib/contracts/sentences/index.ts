import { policySentences } from "@/lib/policy/sentences";
import { sayBy } from "@/lib/shared/said";
import { fieldSentences } from "./field-sentences";
import { importSentences } from "./import-sentences";
import { portalSentences } from "./portal-sentences";
import { verdictSentences } from "./verdict-sentences";

/** Everything that the portal says by code; each language has words for each of them. */
export const sentences = {
  ...portalSentences,
  ...fieldSentences,
  ...importSentences,
  ...policySentences,
  ...verdictSentences,
} as const;

export type SentenceCode = keyof typeof sentences;

export const say = sayBy(sentences);
