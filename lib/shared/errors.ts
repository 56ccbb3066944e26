import { type Said, saidAsIs } from "./said";

/**
 * The one error type of the product. `code` is stable and machine-readable (`ROOM_WHAT`), `message` says what was
 * tried, with what, and what to do next. Only `lib/http` turns a code into an HTTP status.
 */
export class AppError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
  }
}

/** An error whose message can be told in another language than English. */
export class SaidError extends AppError {
  readonly said: Said;

  constructor(code: string, said: Said, options?: { cause?: unknown }) {
    super(code, said.text, options);
    this.name = "SaidError";
    this.said = said;
  }
}

/** What anything that was thrown says. */
export function errorSaid(error: unknown): Said {
  return error instanceof SaidError ? error.said : saidAsIs(errorMessage(error));
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same with its cause's behind it, for what says by itself only that it failed (`fetch`). */
export function errorReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const because = cause === undefined ? "" : errorMessage(cause) || (errorCode(cause) ?? "");
  return because === "" ? errorMessage(error) : `${errorMessage(error)} (${because})`;
}

/** The `code` of an AppError or a Node system error; null where there is none. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Whether nobody reads any more what was written: a pipe's reader left (EPIPE), or the terminal was closed (EIO). */
export function isReaderGone(error: unknown): boolean {
  const code = errorCode(error);
  return code === "EPIPE" || code === "EIO";
}
