import type { Zone } from "@/components/time/format-time";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";
/**
 * `hasKeys`: single-key shortcuts on the demo stage (WCAG 2.1.4 asks that they can be turned off). `density`: of the rows
 * of tables.
 */
export type Preferences = { theme: Theme; zone: Zone; hasKeys: boolean; density: Density };

export const preferenceCookieName = "twinpath-view";

/** The cookie's value, `theme.zone.keys.density`, as preferences; what is missing or odd is the default. */
export function readPreferences(value: string | undefined): Preferences {
  const [theme, zone, keys, density] = (value ?? "").split(".");
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    zone: zone === "local" ? "local" : "utc",
    hasKeys: keys !== "off",
    density: density === "compact" ? "compact" : "comfortable",
  };
}

/** The text to set as `document.cookie`: kept for a year, for the whole portal. */
export function preferenceCookie({ theme, zone, hasKeys, density }: Preferences): string {
  const value = `${theme}.${zone}.${hasKeys ? "on" : "off"}.${density}`;
  return `${preferenceCookieName}=${value}; path=/; max-age=31536000; samesite=lax`;
}
