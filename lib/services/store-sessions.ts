import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";
import { noteDevicesSeen } from "./note-devices-seen";
import type { Unattributed } from "./session-growth";
import { storePathEvents } from "./store-path-events";
import { storeSessionSamples } from "./store-session-samples";
import { storeSubflows } from "./store-subflows";
import type { BatchSource, StoredSession } from "./telemetry-source";

function asRow({ end, subflows, events, ...session }: SessionReport) {
  return { ...session, endedAt: end?.at ?? null, endReason: end?.reason ?? null };
}

/** Of a session that is named twice the last report. */
export function lastReports(sessions: readonly SessionReport[]): SessionReport[] {
  return [...new Map(sessions.map((session) => [session.id, session])).values()];
}

async function upsertSessions(
  transaction: Transaction,
  { nodeId, epoch, isRetiring, minute }: BatchSource,
  sessions: readonly SessionReport[],
  unattributed: readonly Unattributed[],
): Promise<Map<string, string>> {
  const rests = new Map(unattributed.map(({ session, ...rest }) => [session, rest]));
  const told = sessions.map((session) => {
    const { uploadBytes: restUp = 0, downloadBytes: restDown = 0 } = rests.get(session.id) ?? {};
    return { ...asRow(session), restUp, restDown };
  });
  const rows = await transaction.$queryRaw<{ pk: bigint; id: string }[]>`
    INSERT INTO sessions (node_id, epoch, session_id, device_id, subscriber_id, service_class_id, protocol, destination,
      destination_address, white_list_id, policy_version, transport, started_at, upload_bytes, download_bytes,
      handshake_upload_bytes, handshake_download_bytes, reinjected_bytes, ended_at, end_reason,
      unattributed_upload_bytes, unattributed_download_bytes, ledger_from, ledger_to)
    SELECT ${nodeId}, ${epoch}, "id", "deviceId", "subscriberId", "serviceClassId", "protocol", "destination",
      "destinationAddress", "whiteListId", "policyVersion", "transport", "startedAt", "uploadBytes", "downloadBytes",
      "handshakeUploadBytes", "handshakeDownloadBytes", "reinjectedBytes", "endedAt", "endReason",
      "restUp", "restDown", ${minute}, ${minute}
    FROM jsonb_to_recordset(${JSON.stringify(told)}::jsonb) AS row(
      "id" text, "deviceId" text, "subscriberId" text, "serviceClassId" text, "protocol" text, "destination" text,
      "destinationAddress" text, "whiteListId" text, "policyVersion" int, "transport" text, "startedAt" timestamptz,
      "uploadBytes" bigint, "downloadBytes" bigint, "handshakeUploadBytes" bigint, "handshakeDownloadBytes" bigint,
      "reinjectedBytes" bigint, "endedAt" timestamptz, "endReason" text, "restUp" bigint,
      "restDown" bigint)
    ON CONFLICT (node_id, epoch, session_id) DO UPDATE SET
      service_class_id = excluded.service_class_id,
      protocol = excluded.protocol,
      destination = excluded.destination,
      destination_address = excluded.destination_address,
      white_list_id = excluded.white_list_id,
      policy_version = excluded.policy_version,
      transport = excluded.transport,
      upload_bytes = excluded.upload_bytes,
      download_bytes = excluded.download_bytes,
      handshake_upload_bytes = excluded.handshake_upload_bytes,
      handshake_download_bytes = excluded.handshake_download_bytes,
      reinjected_bytes = excluded.reinjected_bytes,
      unattributed_upload_bytes = CASE WHEN excluded.ended_at IS NULL THEN sessions.unattributed_upload_bytes
        ELSE excluded.unattributed_upload_bytes END,
      unattributed_download_bytes = CASE WHEN excluded.ended_at IS NULL THEN sessions.unattributed_download_bytes
        ELSE excluded.unattributed_download_bytes END,
      ledger_from = least(sessions.ledger_from, excluded.ledger_from),
      ledger_to = greatest(sessions.ledger_to, excluded.ledger_to),
      ended_at = CASE WHEN ${isRetiring} AND sessions.end_reason = 'node-restarted' THEN excluded.ended_at
        ELSE coalesce(excluded.ended_at, sessions.ended_at) END,
      end_reason = CASE WHEN ${isRetiring} AND sessions.end_reason = 'node-restarted' THEN excluded.end_reason
        ELSE coalesce(excluded.end_reason, sessions.end_reason) END
    RETURNING id AS pk, session_id AS id`;
  return new Map(rows.map(({ pk, id }) => [id, pk.toString()]));
}

/**
 * Write a batch's sessions with their paths, their bytes by second and what happened to their paths: new ones are
 * added, known ones replaced. A session that ended stays ended, but one that was taken for gone while its process, which
 * retires, did not get through. Of a session named twice in the batch the last report
 * counts, and the events of both. To be called once for a batch, with the node's row locked.
 */
export async function storeSessions(
  transaction: Transaction,
  source: BatchSource,
  sessions: readonly SessionReport[],
  unattributed: readonly Unattributed[],
): Promise<void> {
  if (sessions.length === 0) return;
  const lastOfEach = lastReports(sessions);
  const pks = await upsertSessions(transaction, source, lastOfEach, unattributed);
  const stored = (report: SessionReport): StoredSession[] => {
    const pk = pks.get(report.id);
    return pk === undefined ? [] : [{ pk, report }];
  };
  const latest = lastOfEach.flatMap(stored);
  // Samples are the growth of the paths as they are stored so far.
  await storeSessionSamples(transaction, source, latest);
  await storeSubflows(transaction, latest);
  await storePathEvents(transaction, sessions.flatMap(stored));
  await noteDevicesSeen(
    transaction,
    sessions.map(({ deviceId }) => deviceId),
  );
}

/** End sessions that earlier processes of the node left open: they are gone, and their sessions with them. */
export async function endLeftSessions(
  transaction: Transaction,
  source: { nodeId: string; epoch: string },
  at: Date,
): Promise<void> {
  const { nodeId, epoch } = source;
  await transaction.$executeRaw`
    WITH ended AS (
      UPDATE sessions SET ended_at = greatest(${at}, started_at), end_reason = 'node-restarted'
      WHERE node_id = ${nodeId} AND epoch <> ${epoch} AND ended_at IS NULL AND epoch NOT IN (
        SELECT epoch FROM telemetry_epochs WHERE node_id = ${nodeId} AND is_retiring)
      RETURNING id
    )
    UPDATE subflows SET is_open = false FROM ended WHERE subflows.session_pk = ended.id`;
}
