"use client";

import dynamic from "next/dynamic";
import { NextIntlClientProvider } from "next-intl";
import { type ReactNode, use } from "react";
import type { Locale } from "@/lib/words/locale";
import type { Messages } from "@/lib/words/messages";

/** Each on its own: the texts of the others, and the ranges of a typeface, would cost every page. */
const filesOf = {
  en: () => import("./english-words"),
  ko: () => import("./korean-words"),
};

/** Each names its file in the page, so that a browser fetches it with the rest. */
const hintOf = {
  en: dynamic(() => filesOf.en().then(({ WordsFile }) => WordsFile)),
  ko: dynamic(() => filesOf.ko().then(({ WordsFile }) => WordsFile)),
};

const fetched = new Map<Locale, Promise<Messages>>();

/** The same promise each time, as `use` wants it; one that failed is asked for again. */
function messagesIn(locale: Locale): Promise<Messages> {
  const known = fetched.get(locale);
  if (known !== undefined) return known;
  const messages = filesOf[locale]().then((file) => file.messages);
  fetched.set(locale, messages);
  messages.catch(() => fetched.delete(locale));
  return messages;
}

/** The texts of a language for all within, which stays as it is when the language changes. */
export function Words({ locale, children }: { locale: Locale; children: ReactNode }) {
  const Hint = hintOf[locale];
  return (
    <>
      <Hint />
      <NextIntlClientProvider locale={locale} messages={use(messagesIn(locale))} timeZone="UTC">
        {children}
      </NextIntlClientProvider>
    </>
  );
}
