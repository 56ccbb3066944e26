"use client";

import clsx from "clsx";
import { Search } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { controlClass } from "./field-frame";

const settleMs = 250;

type SearchFieldProps = { label: string; value: string; onSearch: (text: string) => void; className?: string };

/** Searches by itself once the typing rests; at once with Enter. */
export function SearchField({ label, value, onSearch, className }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [asked, setAsked] = useState(value);
  if (value !== known) {
    setKnown(value);
    // Not what was typed here: somebody else has chosen it.
    if (value !== asked) setText(value);
  }

  const search = useCallback(() => {
    setAsked(text.trim());
    onSearch(text.trim());
  }, [text, onSearch]);

  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(search, settleMs);
    return () => clearTimeout(timer);
  }, [text, value, search]);

  return (
    <search className={clsx("relative block", className)}>
      <Search
        size={14}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search();
        }}
        className={clsx(controlClass("sm"), "pl-8")}
      />
    </search>
  );
}
