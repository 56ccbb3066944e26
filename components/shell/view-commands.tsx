"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useCommands } from "./commands";
import { usePreferences } from "./preferences";

/** Theme and zone in the command palette. */
export function ViewCommands() {
  const t = useTranslations();
  const preferences = usePreferences();
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
    ],
    [preferences, t],
  );
  useCommands(commands);
  return null;
}
