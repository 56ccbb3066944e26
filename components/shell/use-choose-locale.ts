"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { type Locale, localeCookie } from "@/lib/words/locale";

/** Keeps a language in this browser and draws the page anew in it; what was typed and opened stays. */
export function useChooseLocale(): (locale: Locale) => void {
  const { refresh } = useRouter();
  return useCallback(
    (locale: Locale) => {
      // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing on plain http, where the portal runs too
      document.cookie = localeCookie(locale);
      refresh();
    },
    [refresh],
  );
}
