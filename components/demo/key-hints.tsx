"use client";

import { usePreferences } from "@/components/shell/preferences";
import { Kbd } from "@/components/ui/kbd";

const keys = [
  ["Space", "start"],
  ["R", "new run"],
  ["W", "WiFi down or restored"],
  ["F", "full screen"],
] as const;

/** The stage's single keys, and their switch. */
export function KeyHints() {
  const { hasKeys, set } = usePreferences();
  return (
    <div className="hidden flex-wrap items-center gap-x-4 gap-y-2 text-ink-2 text-sm sm:flex">
      {keys.map(([key, meaning]) => (
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
        Single-key shortcuts
      </label>
    </div>
  );
}
