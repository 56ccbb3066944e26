import * as z from "zod";
import { AppError } from "@/lib/shared/errors";

const cursorSchema = z.tuple([z.iso.datetime(), z.string().max(40)]);

export type Page<T> = { items: T[]; nextCursor: string | null };

/** Where a page of a list sorted by (time, id) ends. */
export function encodeCursor(at: Date, id: string): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString("base64url");
}

/** Errors: AppError REQUEST_BAD_CURSOR for what is no cursor of ours. */
export function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { at: new Date(at), id };
  } catch (cause) {
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.", {
      cause,
    });
  }
}

/** What comes after a page of rows with `createdAt` and a UUID, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeCursor(cursor);
  if (!z.uuid().safeParse(id).success)
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** Of one row more than asked for, the page and where the next one starts. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  asItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(asItem), nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
