import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Transaction } from "@/lib/db/client";

function asRow(session: SessionReport) {
  const { end, subflows, ...rest } = session;
  return {
    ...rest,
    endedAt: end?.at ?? null,
    endReason: end?.reason ?? null,
    subflows: subflows.map(({ ueAddress, proxyAddress, ...subflow }) => ({
      ...subflow,
      ueAddress: ueAddress.address,
      uePort: ueAddress.port,
      proxyAddress: proxyAddress.address,
      proxyPort: proxyAddress.port,
    })),
  };
}

/**
 * Write a batch's sessions and their subflows in one statement: new ones are added, known ones replaced. A session
 * that ended stays ended. Of a session named twice in the batch the last report counts.
 */
export async function storeSessions(
  transaction: Transaction,
  source: { nodeId: string; epoch: string },
  sessions: readonly SessionReport[],
): Promise<void> {
  if (sessions.length === 0) return;
  const lastOfEach = new Map(sessions.map((session) => [session.id, asRow(session)]));
  const { nodeId, epoch } = source;
  await transaction.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify([...lastOfEach.values()])}::jsonb) AS row(
        "id" text, "deviceId" text, "subscriberId" text, "serviceClassId" text, "protocol" text, "destination" text,
        "destinationAddress" text, "whiteListId" text, "transport" text, "startedAt" timestamptz,
        "uploadBytes" bigint, "downloadBytes" bigint, "handshakeUploadBytes" bigint, "handshakeDownloadBytes" bigint,
        "reinjectedBytes" bigint, "endedAt" timestamptz, "endReason" text, "subflows" jsonb)
    ), stored AS (
      INSERT INTO sessions (node_id, epoch, session_id, device_id, subscriber_id, service_class_id, protocol, destination,
        destination_address, white_list_id, transport, started_at, upload_bytes, download_bytes,
        handshake_upload_bytes, handshake_download_bytes, reinjected_bytes, ended_at, end_reason)
      SELECT ${nodeId}, ${epoch}, "id", "deviceId", "subscriberId", "serviceClassId", "protocol", "destination",
        "destinationAddress", "whiteListId", "transport", "startedAt", "uploadBytes", "downloadBytes",
        "handshakeUploadBytes", "handshakeDownloadBytes", "reinjectedBytes", "endedAt", "endReason"
      FROM input
      ON CONFLICT (node_id, epoch, session_id) DO UPDATE SET
        service_class_id = excluded.service_class_id,
        destination_address = excluded.destination_address,
        white_list_id = excluded.white_list_id,
        transport = excluded.transport,
        upload_bytes = excluded.upload_bytes,
        download_bytes = excluded.download_bytes,
        handshake_upload_bytes = excluded.handshake_upload_bytes,
        handshake_download_bytes = excluded.handshake_download_bytes,
        reinjected_bytes = excluded.reinjected_bytes,
        ended_at = coalesce(excluded.ended_at, sessions.ended_at),
        end_reason = coalesce(excluded.end_reason, sessions.end_reason)
      RETURNING sessions.id AS session_pk, sessions.session_id
    )
    INSERT INTO subflows (session_pk, id, access, ue_address, ue_port, proxy_address, proxy_port, upload_bytes,
      download_bytes, rtt_ms, retrans_segments, is_open)
    SELECT DISTINCT ON (stored.session_pk, subflow."id") stored.session_pk, subflow."id", subflow."access"::access_kind,
      subflow."ueAddress", subflow."uePort", subflow."proxyAddress", subflow."proxyPort", subflow."uploadBytes",
      subflow."downloadBytes", subflow."rttMs", subflow."retransSegments", subflow."isOpen"
    FROM stored JOIN input ON input."id" = stored.session_id
    CROSS JOIN LATERAL jsonb_to_recordset(input."subflows") AS subflow("id" int, "access" text, "ueAddress" text,
      "uePort" int, "proxyAddress" text, "proxyPort" int, "uploadBytes" bigint, "downloadBytes" bigint,
      "rttMs" double precision, "retransSegments" bigint, "isOpen" boolean)
    ON CONFLICT (session_pk, id) DO UPDATE SET
      access = excluded.access,
      ue_address = excluded.ue_address,
      ue_port = excluded.ue_port,
      proxy_address = excluded.proxy_address,
      proxy_port = excluded.proxy_port,
      upload_bytes = excluded.upload_bytes,
      download_bytes = excluded.download_bytes,
      rtt_ms = excluded.rtt_ms,
      retrans_segments = excluded.retrans_segments,
      is_open = excluded.is_open`;
}

/** End sessions that an earlier process of the node left open: it is gone, and they with it. */
export async function endLeftSessions(
  transaction: Transaction,
  source: { nodeId: string; epoch: string },
  at: Date,
): Promise<void> {
  const { nodeId, epoch } = source;
  await transaction.$executeRaw`
    WITH ended AS (
      UPDATE sessions SET ended_at = greatest(${at}, started_at), end_reason = 'node-restarted'
      WHERE node_id = ${nodeId} AND epoch <> ${epoch} AND ended_at IS NULL
      RETURNING id
    )
    UPDATE subflows SET is_open = false FROM ended WHERE subflows.session_pk = ended.id`;
}
