"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import type { Translate } from "@/lib/words/translate";
import { Button } from "./button";
import type { CursorPages } from "./use-cursor-pages";

const byAge = (t: Translate) => ({ back: t("common.newer"), next: t("common.older") });

type PagerProps = {
  pages: CursorPages;
  nextCursor: string | null;
  /** What the ways are called, where the list is not by age. */
  names?: { back: string; next: string };
  /** How many there are in all: "1,204 rules". */
  total?: string | undefined;
};

/** Newer and older pages; nothing where all fits on one. */
export function Pager({ pages, nextCursor, names, total }: PagerProps) {
  const t = useTranslations();
  const { back, next } = names ?? byAge(t);
  if (pages.pageNumber === 1 && nextCursor === null) return null;
  return (
    <nav aria-label={t("common.pagesOfTheList")} className="flex items-center gap-2 border-line border-t px-4 py-2">
      <span className="grow text-ink-3 text-sm tnum">
        {total === undefined ? null : `${total} · `}
        {t("common.page", { pageNumber: pages.pageNumber })}
      </span>
      <Button size="sm" disabled={pages.pageNumber === 1} onClick={pages.goBack}>
        <ChevronLeft size={14} aria-hidden />
        {back}
      </Button>
      <Button size="sm" disabled={nextCursor === null} onClick={() => nextCursor !== null && pages.goNext(nextCursor)}>
        {next}
        <ChevronRight size={14} aria-hidden />
      </Button>
    </nav>
  );
}
