import type { SessionReport } from "@/lib/contracts/telemetry";
import { arrayText } from "@/lib/db/array-text";
import { Prisma, type Transaction } from "@/lib/db/client";
import { makeBatchPaths } from "./batch-paths";
import { longestSpanMs } from "./report-gaps";
import type { BatchSource } from "./telemetry-source";
import type { Unattributed } from "./unattributed-bytes";

/** Of a session that is named twice the last report. */
export function lastReports(sessions: readonly SessionReport[]): SessionReport[] {
  return [...new Map(sessions.map((session) => [session.id, session])).values()];
}

/** In what time a session's growth came about: since the batch before, but not before its start or after its end. */
export function spanOf(
  { sinceMs, atMs }: BatchSource,
  { startedAt, end }: SessionReport,
): { from: string | null; to: string } {
  const toMs = Math.min(atMs, end === null ? atMs : Date.parse(end.at));
  const startMs = Date.parse(startedAt);
  const fromMs = Math.min(sinceMs === null ? startMs : Math.max(sinceMs, startMs), toMs - 1);
  const isKnown = toMs - fromMs <= longestSpanMs;
  return { from: isKnown ? new Date(fromMs).toISOString() : null, to: new Date(toMs).toISOString() };
}

/** The first minute that a session is told of; null: the batch's own. */
function firstMinuteOf({ earlierMinutes }: BatchSource, { subflows }: SessionReport): string | null {
  const places = subflows.flatMap(({ earlier = [] }) => earlier.slice(0, 1).map(([place]) => place));
  return places.length === 0 ? null : (earlierMinutes[Math.min(...places)]?.toISOString() ?? null);
}

/** The batch's sessions as rows of the table, with the span of what they grew. */
function toldSessions(
  source: BatchSource,
  sessions: readonly SessionReport[],
  unattributed: ReadonlyMap<string, Unattributed>,
): Prisma.Sql {
  const spans = sessions.map((session) => spanOf(source, session));
  const rests = sessions.map(({ id }) => unattributed.get(id) ?? { uploadBytes: 0, downloadBytes: 0 });
  const column = (value: (session: SessionReport) => string | number | null) => arrayText(sessions.map(value));
  return Prisma.sql`
    SELECT * FROM unnest(${column(({ id }) => id)}::text[], ${column(({ deviceId }) => deviceId)}::text[],
      ${column(({ subscriberId }) => subscriberId)}::text[], ${column(({ serviceClassId }) => serviceClassId)}::text[],
      ${column(({ protocol }) => protocol)}::text[], ${column(({ destination }) => destination)}::text[],
      ${column(({ destinationAddress }) => destinationAddress)}::text[],
      ${column(({ whiteListId }) => whiteListId)}::text[], ${column(({ policyVersion }) => policyVersion)}::int[],
      ${column(({ transport }) => transport)}::text[], ${column(({ startedAt }) => startedAt)}::timestamptz[],
      ${column(({ uploadBytes }) => uploadBytes)}::bigint[], ${column(({ downloadBytes }) => downloadBytes)}::bigint[],
      ${column(({ handshakeUploadBytes }) => handshakeUploadBytes)}::bigint[],
      ${column(({ handshakeDownloadBytes }) => handshakeDownloadBytes)}::bigint[],
      ${column(({ reinjectedBytes }) => reinjectedBytes)}::bigint[],
      ${column(({ end }) => end?.at ?? null)}::timestamptz[], ${column(({ end }) => end?.reason ?? null)}::text[],
      ${arrayText(rests.map(({ uploadBytes }) => uploadBytes))}::bigint[],
      ${arrayText(rests.map(({ downloadBytes }) => downloadBytes))}::bigint[],
      ${arrayText(spans.map(({ from }) => from))}::timestamptz[], ${arrayText(spans.map(({ to }) => to))}::timestamptz[],
      ${column((session) => firstMinuteOf(source, session))}::timestamptz[]
    ) AS row(session_id, device_id, subscriber_id, service_class_id, protocol, destination, destination_address,
      white_list_id, policy_version, transport, started_at, upload_bytes, download_bytes, handshake_upload_bytes,
      handshake_download_bytes, reinjected_bytes, ended_at, end_reason, rest_upload_bytes, rest_download_bytes, from_at,
      to_at, first_minute)`;
}

/** The paths of the batch's sessions; of one that is named twice the last. */
function toldPaths(sessions: readonly SessionReport[]): Prisma.Sql {
  const paths = sessions.flatMap(({ id, subflows }) =>
    [...new Map(subflows.map((path) => [path.id, path])).values()].map((path) => ({ ...path, session: id })),
  );
  type Path = (typeof paths)[number];
  const column = (value: (path: Path) => string | number | boolean | null) => arrayText(paths.map(value));
  return Prisma.sql`
    SELECT * FROM unnest(${column(({ session }) => session)}::text[], ${column(({ id }) => id)}::int[],
      ${column(({ access }) => access)}::access_kind[], ${column(({ uploadBytes }) => uploadBytes)}::bigint[],
      ${column(({ downloadBytes }) => downloadBytes)}::bigint[], ${column(({ ueAddress }) => ueAddress.address)}::text[],
      ${column(({ ueAddress }) => ueAddress.port)}::int[], ${column(({ proxyAddress }) => proxyAddress.address)}::text[],
      ${column(({ proxyAddress }) => proxyAddress.port)}::int[], ${column(({ rttMs }) => rttMs)}::float8[],
      ${column(({ retransSegments }) => retransSegments)}::bigint[], ${column(({ isOpen }) => isOpen)}::boolean[],
      ${column(({ isBackup }) => isBackup)}::boolean[],
      ${column(({ downloadLimitBytesPerSecond }) => downloadLimitBytesPerSecond)}::bigint[],
      ${column(({ earlier = [] }) => Math.max(0, ...earlier.map(([, up]) => up)))}::bigint[],
      ${column(({ earlier = [] }) => Math.max(0, ...earlier.map(([, , down]) => down)))}::bigint[]
    ) AS row(session_id, path, access, told_upload_bytes, told_download_bytes, ue_address, ue_port, proxy_address,
      proxy_port, rtt_ms, retrans_segments, is_open, is_backup, download_limit, earlier_upload_bytes,
      earlier_download_bytes)`;
}

/**
 * Write a batch's sessions, and into `batch_paths` what their paths tell and grew: new ones are added, known ones
 * replaced. A session that ended stays ended, but one that was taken for gone while its process, which retires, did not
 * get through. To be called once for a batch, with the node's row locked: then every byte grows exactly once.
 *
 * @param sessions each once (see lastReports)
 */
export async function storeSessions(
  transaction: Transaction,
  source: BatchSource,
  sessions: readonly SessionReport[],
  unattributed: ReadonlyMap<string, Unattributed>,
): Promise<void> {
  const { nodeId, epoch, isRetiring, minute } = source;
  await makeBatchPaths(transaction);
  // The subflows and sessions that this statement reads are those before it; OFFSET 0 has each looked up by its key, where
  // the planner, who takes the batch for larger than it is, would read the whole table.
  await transaction.$executeRaw`
    WITH told AS MATERIALIZED (${toldSessions(source, sessions, unattributed)}), stored AS (
      INSERT INTO sessions (node_id, epoch, session_id, device_id, subscriber_id, service_class_id, protocol, destination,
        destination_address, white_list_id, policy_version, transport, started_at, upload_bytes, download_bytes,
        handshake_upload_bytes, handshake_download_bytes, reinjected_bytes, ended_at, end_reason,
        unattributed_upload_bytes, unattributed_download_bytes, ledger_from, ledger_to)
      SELECT ${nodeId}, ${epoch}, session_id, device_id, subscriber_id, service_class_id, protocol, destination,
        destination_address, white_list_id, policy_version, transport, started_at, upload_bytes, download_bytes,
        handshake_upload_bytes, handshake_download_bytes, reinjected_bytes, ended_at, end_reason,
        rest_upload_bytes, rest_download_bytes, coalesce(first_minute, ${minute}), ${minute}
      FROM told
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
        unattributed_upload_bytes = greatest(sessions.unattributed_upload_bytes, excluded.unattributed_upload_bytes),
        unattributed_download_bytes = greatest(sessions.unattributed_download_bytes,
          excluded.unattributed_download_bytes),
        ledger_from = least(sessions.ledger_from, excluded.ledger_from),
        ledger_to = greatest(sessions.ledger_to, excluded.ledger_to),
        ended_at = CASE WHEN ${isRetiring} AND sessions.end_reason = 'node-restarted' THEN excluded.ended_at
          ELSE coalesce(excluded.ended_at, sessions.ended_at) END,
        end_reason = CASE WHEN ${isRetiring} AND sessions.end_reason = 'node-restarted' THEN excluded.end_reason
          ELSE coalesce(excluded.end_reason, sessions.end_reason) END
      RETURNING id, session_id, subscriber_id, service_class_id, white_list_id
    )
    INSERT INTO batch_paths (session_pk, path, access, subscriber_id, service_class_id, white_list_id, minute,
      upload_bytes, download_bytes, from_at, to_at, told_upload_bytes, told_download_bytes, ue_address, ue_port, proxy_address,
      proxy_port, rtt_ms, retrans_segments, is_open, is_backup, download_limit)
    SELECT stored.id, path.path, path.access, stored.subscriber_id, stored.service_class_id, stored.white_list_id,
      ${minute}::timestamptz,
      greatest(0, path.told_upload_bytes - greatest(known.upload_bytes, path.earlier_upload_bytes)),
      greatest(0, path.told_download_bytes - greatest(known.download_bytes, path.earlier_download_bytes)),
      told.from_at, told.to_at, path.told_upload_bytes, path.told_download_bytes, path.ue_address, path.ue_port,
      path.proxy_address, path.proxy_port, path.rtt_ms, path.retrans_segments, path.is_open, path.is_backup,
      path.download_limit
    FROM (${toldPaths(sessions)}) path JOIN stored USING (session_id) JOIN told USING (session_id)
    LEFT JOIN LATERAL (
      SELECT upload_bytes, download_bytes FROM subflows WHERE session_pk = stored.id AND id = path.path OFFSET 0
    ) known ON true
    UNION ALL
    SELECT stored.id, NULL, 'other', stored.subscriber_id, stored.service_class_id, stored.white_list_id,
      ${minute}::timestamptz,
      greatest(0, told.rest_upload_bytes - coalesce(known.unattributed_upload_bytes, 0)),
      greatest(0, told.rest_download_bytes - coalesce(known.unattributed_download_bytes, 0)),
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM told JOIN stored USING (session_id)
    LEFT JOIN LATERAL (
      SELECT unattributed_upload_bytes, unattributed_download_bytes FROM sessions WHERE id = stored.id OFFSET 0
    ) known ON true
    WHERE told.rest_upload_bytes > 0 OR told.rest_download_bytes > 0`;
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
