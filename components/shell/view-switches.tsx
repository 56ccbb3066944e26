"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslations } from "next-intl";
import { Segmented } from "@/components/ui/segmented";
import type { Translate } from "@/lib/words/translate";
import { usePreferences } from "./preferences";

const themes = (t: Translate) =>
  [
    { value: "system", label: <Monitor size={14} aria-hidden />, name: t("shell.themeOfTheSystem") },
    { value: "light", label: <Sun size={14} aria-hidden />, name: t("shell.light") },
    { value: "dark", label: <Moon size={14} aria-hidden />, name: t("shell.dark") },
  ] as const;

const zones = (t: Translate) =>
  [
    { value: "utc", label: "UTC" },
    { value: "local", label: t("shell.local") },
  ] as const;

/** Time zone and theme. */
export function ViewSwitches() {
  const t = useTranslations();
  const { theme, zone, set } = usePreferences();
  return (
    <div className="flex gap-2">
      <Segmented
        label={t("shell.timeZone")}
        value={zone}
        options={zones(t)}
        onValue={(next) => set({ zone: next })}
        isCompact
        className="grow"
      />
      <Segmented
        label={t("shell.theme")}
        value={theme}
        options={themes(t)}
        onValue={(next) => set({ theme: next })}
        isCompact
        className="grow"
      />
    </div>
  );
}
