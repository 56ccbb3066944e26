"use client";

import { useCallback, useMemo, useState } from "react";

export type CursorPages = {
  /** Cursor of the page shown; null for the first. */
  cursor: string | null;
  pageNumber: number;
  goNext: (nextCursor: string) => void;
  goBack: () => void;
  reset: () => void;
};

/** Walk a list whose server gives only the next page's cursor: the way back is remembered here. */
export function useCursorPages(): CursorPages {
  const [trail, setTrail] = useState<readonly string[]>([]);
  const goNext = useCallback((nextCursor: string) => setTrail((before) => [...before, nextCursor]), []);
  const goBack = useCallback(() => setTrail((before) => before.slice(0, -1)), []);
  const reset = useCallback(() => setTrail([]), []);
  return useMemo(
    () => ({ cursor: trail.at(-1) ?? null, pageNumber: trail.length + 1, goNext, goBack, reset }),
    [trail, goNext, goBack, reset],
  );
}
