"use client";

import { useTranslations } from "next-intl";
import { usePreferences } from "@/components/shell/preferences";
import { Kbd } from "@/components/ui/kbd";
import type { Translate } from "@/lib/words/translate";

const keys = (t: Translate, hasFaults: boolean) => [
  [t("demo.space"), t("demo.start2")],
  ["R", t("demo.newRun")],
  ...(hasFaults ? [["W", t("demo.wifiDownOrRestored")]] : []),
  ["F", t("demo.fullScreen2")],
];

/** The stage's single keys, and their switch. `hasFaults`: links can be broken here. */
export function KeyHints({ hasFaults }: { hasFaults: boolean }) {
  const t = useTranslations();
  const { hasKeys, set } = usePreferences();
  return (
    <div className="hidden flex-wrap items-center gap-x-4 gap-y-2 text-ink-2 text-sm sm:flex">
      {keys(t, hasFaults).map(([key, meaning]) => (
        <span
          key={key}
          className={hasKeys ? "inline-flex items-center gap-1.5" : "inline-flex items-center gap-1.5 line-through"}
        >
          <Kbd>{key}</Kbd>
          {meaning}
        </span>
      ))}
      <label className="inline-flex min-h-6 cursor-pointer items-center gap-1.5">
        <input
          type="checkbox"
          checked={hasKeys}
          onChange={(event) => set({ hasKeys: event.target.checked })}
          className="size-4 accent-[var(--accent)]"
        />
        {t("demo.singleKeyShortcuts")}
      </label>
    </div>
  );
}
