import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { Messages } from "@/lib/words/messages";

/** A page's metadata with its title in the reader's language. */
export function pageTitle(name: keyof Messages["pages"], rest: Metadata = {}): () => Promise<Metadata> {
  return async () => ({ ...rest, title: (await getTranslations("pages"))(name) });
}
