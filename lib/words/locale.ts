import type { Language } from "@/lib/contracts/portal";

export type Locale = Language;

/** The languages of the portal, each called as its readers call it. */
export const localeNames: Readonly<Record<Locale, string>> = { en: "English", ko: "한국어" };

export const locales: readonly Locale[] = ["en", "ko"];

export const defaultLocale: Locale = "en";

/** Holds the language that somebody chose in this browser. */
export const localeCookieName = "twinpath-locale";

const yearSeconds = 31_536_000;

/** The cookie that keeps the choice for a year. */
export function localeCookie(locale: Locale): string {
  return `${localeCookieName}=${locale}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

function isLocale(text: string): text is Locale {
  return text in localeNames;
}

/** Languages of an `Accept-Language` header, the most wanted first. Source: RFC 9110 §12.5.4. */
function wantedLanguages(header: string): string[] {
  return header
    .split(",")
    .map((part) => {
      const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((text) => text !== undefined);
      return { language: range.split("-")[0] ?? "", quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ language }) => language);
}

/** The language to answer in: the one that was chosen, else the first of the browser's that the portal speaks. */
export function pickLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (chosen !== undefined && isLocale(chosen)) return chosen;
  return wantedLanguages(acceptLanguage ?? "").find(isLocale) ?? defaultLocale;
}
