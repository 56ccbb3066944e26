/** `user:password` taken apart at its first colon; null where there is none. Source: RFC 7617 §2. */
export function splitUserPassword(text: string): { user: string; password: string } | null {
  const colon = text.indexOf(":");
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
