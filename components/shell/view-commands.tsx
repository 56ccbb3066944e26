"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { localeNames, locales } from "@/lib/words/locale";
import { useCommands } from "./commands";
import { usePreferences } from "./preferences";
import { useChooseLocale } from "./use-choose-locale";

/** Theme, zone, rows and language in the command palette. */
export function ViewCommands() {
  const t = useTranslations();
  const preferences = usePreferences();
  const chooseLocale = useChooseLocale();
  const commands = useMemo(
    () => [
      {
        id: "theme-light",
        group: t("shell.view"),
        name: t("shell.lightTheme"),
        run: () => preferences.set({ theme: "light" }),
      },
      {
        id: "theme-dark",
        group: t("shell.view"),
        name: t("shell.darkTheme"),
        run: () => preferences.set({ theme: "dark" }),
      },
      {
        id: "theme-system",
        group: t("shell.view"),
        name: t("shell.themeOfTheSystem"),
        run: () => preferences.set({ theme: "system" }),
      },
      {
        id: "zone-utc",
        group: t("shell.view"),
        name: t("shell.timesInUtc"),
        run: () => preferences.set({ zone: "utc" }),
      },
      {
        id: "zone-local",
        group: t("shell.view"),
        name: t("shell.timesInLocalZone"),
        run: () => preferences.set({ zone: "local" }),
      },
      {
        id: "rows-comfortable",
        group: t("shell.view"),
        name: t("lists.comfortableRows"),
        run: () => preferences.set({ density: "comfortable" }),
      },
      {
        id: "rows-compact",
        group: t("shell.view"),
        name: t("lists.compactRows"),
        run: () => preferences.set({ density: "compact" }),
      },
      ...locales.map((locale) => ({
        id: `locale-${locale}`,
        group: t("shell.language"),
        name: localeNames[locale],
        run: () => chooseLocale(locale),
      })),
    ],
    [preferences, chooseLocale, t],
  );
  useCommands(commands);
  return null;
}
