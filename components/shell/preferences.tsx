"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Preferences, preferenceCookie } from "./prepare-preferences";

type PreferencesFace = Preferences & { set: (change: Partial<Preferences>) => void };

const PreferencesContext = createContext<PreferencesFace | null>(null);

function apply({ theme, density }: Preferences): void {
  const root = document.documentElement;
  if (theme === "system") root.removeAttribute("data-theme");
  else root.dataset["theme"] = theme;
  root.dataset["density"] = density;
}

/** Theme, time zone, keys and density of this browser; in a cookie, so that the server paints the right theme at once. */
export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [preferences, setPreferences] = useState(initial);
  const face = useMemo<PreferencesFace>(
    () => ({
      ...preferences,
      set: (change) => {
        const next = { ...preferences, ...change };
        setPreferences(next);
        apply(next);
        // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing on plain http, where the portal runs too
        document.cookie = preferenceCookie(next);
      },
    }),
    [preferences],
  );
  return <PreferencesContext.Provider value={face}>{children}</PreferencesContext.Provider>;
}

export function usePreferences(): PreferencesFace {
  const face = useContext(PreferencesContext);
  if (face === null) throw new Error("usePreferences is used outside PreferencesProvider");
  return face;
}
