import { type PathEvent, pathEventSchema } from "@/lib/contracts/telemetry";
import type { Database } from "@/lib/db/client";

/** A session that is steered by its marks may have tens of thousands. */
const mostEvents = 1000;

/** What happened to a session's paths: the newest 1,000, oldest first. */
export async function readPathEvents(database: Database, pk: bigint): Promise<PathEvent[]> {
  const rows = await database.$queryRaw<(Omit<PathEvent, "at"> & { at: Date })[]>`
    SELECT at, subflow_id AS "subflowId", access::text, kind::text, cause, actor::text
    FROM path_events WHERE session_pk = ${pk} ORDER BY at DESC, id DESC LIMIT ${mostEvents}`;
  return rows.reverse().map((row) => pathEventSchema.parse({ ...row, at: row.at.toISOString() }));
}
