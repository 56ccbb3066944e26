"use client";

import { NextIntlClientProvider } from "next-intl";
import { PageFailure } from "@/components/shell/page-failure";
import { common as commonEnglish } from "@/lib/words/en/common";
import { shell as shellEnglish } from "@/lib/words/en/shell";
import { common as commonKorean } from "@/lib/words/ko/common";
import { shell as shellKorean } from "@/lib/words/ko/shell";
import { defaultLocale, type Locale, localeCookieName, locales } from "@/lib/words/locale";
import type { Messages } from "@/lib/words/messages";
import "./globals.css";

type Texts = Pick<Messages, "shell" | "common">;

/** Only what the page says: this stands in for the layout, which has all texts. The cast is that of `messagesOf`. */
const texts: Record<Locale, Texts> = {
  en: { shell: shellEnglish, common: commonEnglish },
  ko: { shell: shellKorean, common: commonKorean } as unknown as Texts,
};

function chosenLocale(): Locale {
  if (typeof document === "undefined") return defaultLocale;
  return locales.find((locale) => document.cookie.includes(`${localeCookieName}=${locale}`)) ?? defaultLocale;
}

/** The layout itself broke. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  const locale = chosenLocale();
  return (
    <html lang={locale}>
      <body>
        <NextIntlClientProvider locale={locale} messages={texts[locale]} timeZone="UTC">
          <PageFailure onRetry={reset} />
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
