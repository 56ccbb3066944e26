"use client";

import "@fontsource-variable/noto-sans-kr/wght.css";
import { ko } from "@/lib/words/ko";
import type { Messages } from "@/lib/words/messages";

/** The cast is that of `messagesOf`. */
export const messages = ko as unknown as Messages;

/**
 * The same as of English, and with it the Hangul typeface for machines that have none of their own: a browser fetches only
 * the ranges it draws.
 */
export function WordsFile() {
  return null;
}
