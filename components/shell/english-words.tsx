"use client";

import { NextIntlClientProvider } from "next-intl";
import type { ReactNode } from "react";
import { en } from "@/lib/words/en";

/** English texts: a script of their own that browsers keep, in place of a part of every page. */
export function EnglishWords({ children }: { children: ReactNode }) {
  return (
    <NextIntlClientProvider locale="en" messages={en} timeZone="UTC">
      {children}
    </NextIntlClientProvider>
  );
}
