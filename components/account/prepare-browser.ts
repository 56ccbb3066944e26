import type { Translate } from "@/lib/words/translate";

/** In this order: what comes first also names the ones after it in its own text. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:(?:Headless)?Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+).*\bSafari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** A browser's own word for itself in a few words: "Firefox 140 on Linux"; what is not known stays as it is. */
export function prepareBrowser(t: Translate, userAgent: string): string {
  if (userAgent === "") return t("account.unknownBrowser");
  const found = browsers
    .map(([pattern, name]) => ({ name, version: pattern.exec(userAgent)?.[1] }))
    .find(({ version }) => version !== undefined);
  if (found === undefined) return userAgent.slice(0, 60);
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = `${found.name} ${found.version}`;
  return system === undefined ? browser : t("account.browserOn", { browser, system });
}
