"use client";

import { type ReactNode, startTransition, useEffect, useRef, useState } from "react";

/** Draws what costs much to draw once its place comes into view, and keeps it; `fallback` before, of the same size. */
export function WhenSeen({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);

  useEffect(() => {
    if (isSeen || place.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) startTransition(() => setSeen(true));
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);

  return <div ref={place}>{isSeen ? children : fallback}</div>;
}
