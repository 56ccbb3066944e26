"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button";
import type { CursorPages } from "./use-cursor-pages";

/** Newer and older pages; nothing where all fits on one. */
export function Pager({ pages, nextCursor }: { pages: CursorPages; nextCursor: string | null }) {
  if (pages.pageNumber === 1 && nextCursor === null) return null;
  return (
    <nav aria-label="Pages of the list" className="flex items-center gap-2 border-line border-t px-4 py-2">
      <span className="grow text-ink-3 text-sm tnum">Page {pages.pageNumber}</span>
      <Button size="sm" disabled={pages.pageNumber === 1} onClick={pages.goBack}>
        <ChevronLeft size={14} aria-hidden />
        Newer
      </Button>
      <Button size="sm" disabled={nextCursor === null} onClick={() => nextCursor !== null && pages.goNext(nextCursor)}>
        Older
        <ChevronRight size={14} aria-hidden />
      </Button>
    </nav>
  );
}
