import { en } from "./en";
import { ko } from "./ko";
import type { Locale } from "./locale";

export type Messages = typeof en;

/**
 * Every language's texts. The type says English, whose arguments are checked at each use: that the others have the same
 * keys is the type of each area, that they have the same arguments is the unit test of the words.
 */
export const messagesOf: Record<Locale, Messages> = { en, ko: ko as unknown as Messages };
