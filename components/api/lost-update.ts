import type { ZodType } from "zod";
import { ApiProblem } from "./fetch-json";

/** What is there now, after a write that somebody else's was faster than (412); null for any other error. */
export function lostUpdateOf<T>(error: unknown, schema: ZodType<T>): { etag: string; item: T } | null {
  if (!(error instanceof ApiProblem) || error.status !== 412 || error.current === null) return null;
  const item = schema.safeParse(error.current.item);
  return item.success ? { etag: error.current.etag, item: item.data } : null;
}
