import type { Zone } from "@/components/time/format-time";

export type Theme = "system" | "light" | "dark";
/** `hasKeys`: single-key shortcuts on the demo stage (WCAG 2.1.4 asks that they can be turned off). */
export type Preferences = { theme: Theme; zone: Zone; hasKeys: boolean };

export const preferenceCookieName = "twinpath-view";

/** The cookie's value, `theme.zone.keys`, as preferences; what is missing or odd is the default. */
export function readPreferences(value: string | undefined): Preferences {
  const [theme, zone, keys] = (value ?? "").split(".");
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    zone: zone === "local" ? "local" : "utc",
    hasKeys: keys !== "off",
  };
}

/** The text to set as `document.cookie`: kept for a year, for the whole portal. */
export function preferenceCookie({ theme, zone, hasKeys }: Preferences): string {
  const value = `${theme}.${zone}.${hasKeys ? "on" : "off"}`;
  return `${preferenceCookieName}=${value}; path=/; max-age=31536000; samesite=lax`;
}
