import type { SessionList } from "@/lib/contracts/portal";
import { type Database, getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";
import { asSessionRow, sessionRelations } from "./session-row";

export type SessionListQuery = { cursor?: string | undefined; limit: number; state?: "running" | "ended" | undefined };

function after(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeCursor(cursor);
  if (!/^\d{1,18}$/.test(id))
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { OR: [{ startedAt: { lt: at } }, { startedAt: at, id: { lt: BigInt(id) } }] };
}

function findRows(database: Database, { cursor, limit, state }: SessionListQuery) {
  const byState = state === undefined ? {} : { endedAt: state === "running" ? null : { not: null } };
  return database.session.findMany({
    where: { ...after(cursor), ...byState },
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: sessionRelations,
  });
}

/** Sessions of all nodes with their paths, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export async function listSessions(query: SessionListQuery): Promise<SessionList> {
  const rows = await findRows(getDatabase(), query);
  return cutPage(rows, query.limit, asSessionRow, ({ startedAt, id }) => encodeCursor(startedAt, id.toString()));
}
