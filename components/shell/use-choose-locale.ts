"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson, noContent } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import { type Locale, localeCookie } from "@/lib/words/locale";
import { useIsSignedIn } from "./staff";

/**
 * Keeps a language with the account of who is signed in, and in this browser for pages without sign-in; draws the page anew
 * in it. What was typed and opened stays.
 */
export function useChooseLocale(): (locale: Locale) => void {
  const t = useTranslations();
  const { refresh } = useRouter();
  const notify = useNotify();
  const isSignedIn = useIsSignedIn();
  return useCallback(
    (locale: Locale) => {
      // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing on plain http, where the portal runs too
      document.cookie = localeCookie(locale);
      const kept = isSignedIn
        ? fetchJson(noContent, "/api/account/language", { method: "PUT", body: { language: locale } })
        : Promise.resolve(null);
      kept.then(refresh, (error: unknown) =>
        notify({ title: t("common.notSaved"), detail: errorText(t, error), tone: "bad" }),
      );
    },
    [isSignedIn, notify, refresh, t],
  );
}
