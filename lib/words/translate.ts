import type { useTranslations } from "next-intl";
import type { en } from "./en";
import type { Locale } from "./locale";

declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof en;
  }
}

/** Gives the text of a key in the reader's language; components take it from `useTranslations()`. */
export type Translate = ReturnType<typeof useTranslations<never>>;

/** The texts of an area in another language: every key that English has, and no other. */
export type Words<English> = { readonly [Key in keyof English]: string };
