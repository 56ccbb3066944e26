import type { Transaction } from "@/lib/db/client";
import type { StoredSession } from "./telemetry-source";

/** Add what happened to paths, in the order in which it was told. A batch brings each event once, and counts once. */
export async function storePathEvents(transaction: Transaction, sessions: readonly StoredSession[]): Promise<void> {
  const rows = sessions
    .flatMap(({ pk, report }) => report.events.map((event) => ({ ...event, pk })))
    .map((event, place) => ({ ...event, place }));
  if (rows.length === 0) return;
  await transaction.$executeRaw`
    INSERT INTO path_events (session_pk, at, subflow_id, access, kind, cause, actor)
    SELECT "pk", "at", "subflowId", "access"::access_kind, "kind"::path_event_kind, "cause", "actor"::path_event_actor
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row("place" int, "pk" bigint, "at" timestamptz,
      "subflowId" int, "access" text, "kind" text, "cause" text, "actor" text)
    ORDER BY "place"`;
}
