import { readMode } from "@/lib/shared/env";

/**
 * What a page may load and run: our own files, and scripts that carry the page's nonce. Style attributes are allowed,
 * because charts and pop-ups are placed by them; a style cannot run code.
 * Source: W3C Content Security Policy Level 3; `strict-dynamic` §8.2.
 */
export function contentSecurityPolicy(nonce: string): string {
  // React's development build evaluates code to show better stacks.
  const evaluate = readMode() === "development" ? " 'unsafe-eval'" : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluate}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
