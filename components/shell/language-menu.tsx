"use client";

import { Check } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { DropdownMenu } from "radix-ui";
import { localeNames, locales } from "@/lib/words/locale";
import { useChooseLocale } from "./use-choose-locale";

/** The languages inside a menu, each in its own words; the one in use is ticked. */
export function LanguageMenu({ itemClass }: { itemClass: string }) {
  const t = useTranslations();
  const current = useLocale();
  const choose = useChooseLocale();
  return (
    <DropdownMenu.RadioGroup value={current} aria-label={t("shell.language")}>
      {locales.map((locale) => (
        <DropdownMenu.RadioItem
          key={locale}
          value={locale}
          lang={locale}
          onSelect={() => choose(locale)}
          className={itemClass}
        >
          <span className="flex w-3.5">
            <DropdownMenu.ItemIndicator>
              <Check size={14} aria-hidden />
            </DropdownMenu.ItemIndicator>
          </span>
          {localeNames[locale]}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
