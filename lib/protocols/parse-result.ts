/**
 * What a codec says of the bytes it was given. Codecs are pure: they never keep bytes, the caller gives the whole
 * unread buffer again with more at its end.
 */
export type ParseResult<T> =
  /** Not whole yet: read on. */
  | { status: "more" }
  /** A whole message; `consumed` bytes belong to it, the rest is the next message or payload. */
  | { status: "done"; value: T; consumed: number }
  /** Not this protocol, or over a limit: answer as the protocol says and close. */
  | Bad;

/** `isTooLarge`: nothing is wrong but the size. */
export type Bad = { status: "bad"; reason: string; isTooLarge: boolean };

export const more: { status: "more" } = { status: "more" };

export function done<T>(value: T, consumed: number): ParseResult<T> {
  return { status: "done", value, consumed };
}

export function bad(reason: string): Bad {
  return { status: "bad", reason, isTooLarge: false };
}

export function tooLarge(reason: string): Bad {
  return { status: "bad", reason, isTooLarge: true };
}
