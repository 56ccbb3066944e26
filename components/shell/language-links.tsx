"use client";

import clsx from "clsx";
import { useLocale, useTranslations } from "next-intl";
import { localeNames, locales } from "@/lib/words/locale";
import { useChooseLocale } from "./use-choose-locale";

/** The languages in a row, for pages without a menu. */
export function LanguageLinks() {
  const t = useTranslations();
  const current = useLocale();
  const choose = useChooseLocale();
  return (
    <nav aria-label={t("shell.language")} className="mt-6 flex justify-center gap-1 text-sm">
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-current={locale === current ? "true" : undefined}
          onClick={() => choose(locale)}
          className={clsx(
            "min-h-7 rounded-md px-2.5 hover:bg-sunken",
            locale === current ? "font-medium text-ink" : "text-ink-2",
          )}
        >
          {localeNames[locale]}
        </button>
      ))}
    </nav>
  );
}
