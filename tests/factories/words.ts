import { createTranslator } from "next-intl";
import { messagesOf } from "@/lib/words/messages";
import type { Translate } from "@/lib/words/translate";

/** The English texts, as components have them. */
export const english: Translate = createTranslator({ locale: "en", messages: messagesOf.en });

/** The Korean texts, as components have them. */
export const korean: Translate = createTranslator({ locale: "ko", messages: messagesOf.ko });
