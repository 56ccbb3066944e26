"use client";

export { en as messages } from "@/lib/words/en";

/** Nothing to see: where this stands, the page names this file to the browser at once. */
export function WordsFile() {
  return null;
}
