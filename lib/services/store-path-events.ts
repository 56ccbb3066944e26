import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";
import type { BatchSource } from "./telemetry-source";

/** Add what happened to paths, in the order in which it was told. A batch brings each event once, and counts once. */
export async function storePathEvents(
  transaction: Transaction,
  { nodeId, epoch }: Pick<BatchSource, "nodeId" | "epoch">,
  sessions: readonly SessionReport[],
): Promise<void> {
  const rows = sessions
    .flatMap(({ id, events }) => events.map((event) => ({ ...event, session: id })))
    .map((event, place) => ({ ...event, place }));
  if (rows.length === 0) return;
  await transaction.$executeRaw`
    INSERT INTO path_events (session_pk, at, subflow_id, access, kind, cause, actor)
    SELECT sessions.id, "at", "subflowId", "access"::access_kind, "kind"::path_event_kind, "cause",
      "actor"::path_event_actor
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row("place" int, "session" text, "at" timestamptz,
      "subflowId" int, "access" text, "kind" text, "cause" text, "actor" text)
    JOIN sessions ON sessions.node_id = ${nodeId} AND sessions.epoch = ${epoch} AND session_id = "session"
    ORDER BY "place"`;
}
