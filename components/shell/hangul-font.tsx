"use client";

import "@fontsource-variable/noto-sans-kr/wght.css";

/** Brings the Hangul typeface for machines that have none of their own; a browser fetches only the ranges it draws. */
export function HangulFont() {
  return null;
}
