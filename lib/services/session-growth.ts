import type { Access } from "@/lib/contracts/access";
import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";
import type { BatchSource } from "./telemetry-source";

/** Bytes that a subscriber's sessions of one class carried over one access since they were stored. */
export type SessionGrowth = {
  subscriberId: string;
  serviceClassId: string;
  access: Access;
  uploadBytes: number;
  downloadBytes: number;
};

/** What an ended session carried and no path shows. */
export type Unattributed = { session: string; uploadBytes: number; downloadBytes: number };

const pathsOf = ({ subflows }: SessionReport) => [...new Map(subflows.map((path) => [path.id, path])).values()];

/** Bytes as they come out of the database; whole numbers below 2^53, for a batch's counters are. */
type Sums = { uploadBytes: string; downloadBytes: string };

function asNumbers<Row extends Sums>(row: Row) {
  return { ...row, uploadBytes: Number(row.uploadBytes), downloadBytes: Number(row.downloadBytes) };
}

/**
 * What a batch's sessions carried since the batch before, by subscriber, class and access. To be asked before the batch
 * is stored, with the node's row locked: then every byte is told exactly once. What the sessions carried beside their
 * paths grows under access "other".
 */
export async function readSessionGrowth(
  transaction: Transaction,
  { nodeId, epoch }: Pick<BatchSource, "nodeId" | "epoch">,
  sessions: readonly SessionReport[],
  unattributed: readonly Unattributed[],
): Promise<SessionGrowth[]> {
  if (sessions.length === 0) return [];
  const paths = sessions.flatMap((session) =>
    pathsOf(session).map(({ id: path, access, uploadBytes, downloadBytes }) => ({
      session: session.id,
      path,
      access,
      up: uploadBytes,
      down: downloadBytes,
    })),
  );
  const ofSessions = sessions.map(({ id, subscriberId, serviceClassId }) => ({ id, subscriberId, serviceClassId }));
  const rows = await transaction.$queryRaw<(Omit<SessionGrowth, keyof Sums> & Sums)[]>`
    WITH told AS (
      SELECT row.*, sessions.id AS pk, coalesce(unattributed_upload_bytes, 0) AS known_up,
        coalesce(unattributed_download_bytes, 0) AS known_down
      FROM jsonb_to_recordset(${JSON.stringify(ofSessions)}::jsonb) AS row("id" text, "subscriberId" text,
        "serviceClassId" text)
      LEFT JOIN sessions ON sessions.node_id = ${nodeId} AND sessions.epoch = ${epoch} AND session_id = row."id"
    ), grown AS (
      SELECT told."subscriberId", told."serviceClassId", path."access",
        path."up" - coalesce(known.upload_bytes, 0) AS up, path."down" - coalesce(known.download_bytes, 0) AS down
      FROM jsonb_to_recordset(${JSON.stringify(paths)}::jsonb) AS path("session" text, "path" int, "access" text,
        "up" bigint, "down" bigint)
      JOIN told ON told."id" = path."session"
      LEFT JOIN subflows known ON known.session_pk = told.pk AND known.id = path."path"
      UNION ALL
      SELECT told."subscriberId", told."serviceClassId", 'other', rest."uploadBytes" - known_up,
        rest."downloadBytes" - known_down
      FROM jsonb_to_recordset(${JSON.stringify(unattributed)}::jsonb) AS rest("session" text, "uploadBytes" bigint,
        "downloadBytes" bigint)
      JOIN told ON told."id" = rest."session"
    )
    SELECT "subscriberId", "serviceClassId", "access", sum(up)::text AS "uploadBytes", sum(down)::text AS "downloadBytes"
    FROM grown GROUP BY 1, 2, 3 HAVING sum(up) <> 0 OR sum(down) <> 0`;
  return rows.map(asNumbers);
}

/**
 * What the batch's ended sessions carried beyond the sum of all paths they ever had. After a reset the kernel shows no
 * paths any more, so what moved since the last look is in the session's counters alone.
 */
export async function readUnattributed(
  transaction: Transaction,
  { nodeId, epoch }: Pick<BatchSource, "nodeId" | "epoch">,
  sessions: readonly SessionReport[],
): Promise<Unattributed[]> {
  const ended = sessions.filter(({ end }) => end !== null);
  if (ended.length === 0) return [];
  const carried = ended.map((session) => ({
    session: session.id,
    paths: pathsOf(session).map(({ id }) => id),
    // What is left for paths that this report does not name any more.
    up: session.uploadBytes + session.handshakeUploadBytes - sum(pathsOf(session), "uploadBytes"),
    down:
      session.downloadBytes +
      session.handshakeDownloadBytes +
      session.reinjectedBytes -
      sum(pathsOf(session), "downloadBytes"),
  }));
  const rows = await transaction.$queryRaw<({ session: string } & Sums)[]>`
    SELECT told."session", greatest(0, told."up" - coalesce(sum(known.upload_bytes), 0))::text AS "uploadBytes",
      greatest(0, told."down" - coalesce(sum(known.download_bytes), 0))::text AS "downloadBytes"
    FROM jsonb_to_recordset(${JSON.stringify(carried)}::jsonb) AS told("session" text, "paths" jsonb, "up" bigint,
      "down" bigint)
    LEFT JOIN sessions ON sessions.node_id = ${nodeId} AND sessions.epoch = ${epoch}
      AND sessions.session_id = told."session"
    LEFT JOIN subflows known ON known.session_pk = sessions.id AND NOT told."paths" @> to_jsonb(known.id)
    GROUP BY told."session", told."up", told."down"`;
  return rows.map(asNumbers);
}

function sum(paths: SessionReport["subflows"], key: "uploadBytes" | "downloadBytes"): number {
  return paths.reduce((total, path) => total + path[key], 0);
}
