"use client";

import "@fontsource-variable/noto-sans-kr/wght.css";
import { NextIntlClientProvider } from "next-intl";
import type { ReactNode } from "react";
import { ko } from "@/lib/words/ko";
import type { Messages } from "@/lib/words/messages";

/**
 * Korean texts, as `EnglishWords`, and the Hangul typeface for machines that have none of their own; a browser fetches only
 * the ranges it draws. The cast is that of `messagesOf`.
 */
export function KoreanWords({ children }: { children: ReactNode }) {
  return (
    <NextIntlClientProvider locale="ko" messages={ko as unknown as Messages} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  );
}
