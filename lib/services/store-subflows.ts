import type { Transaction } from "@/lib/db/client";
import type { StoredSession } from "./telemetry-source";

/** Write the paths of sessions in one statement: new ones are added, known ones replaced. */
export async function storeSubflows(transaction: Transaction, sessions: readonly StoredSession[]): Promise<void> {
  const rows = sessions.flatMap(({ pk, report }) =>
    [...new Map(report.subflows.map((subflow) => [subflow.id, subflow])).values()].map(
      ({ ueAddress, proxyAddress, ...subflow }) => ({
        ...subflow,
        pk,
        ueAddress: ueAddress.address,
        uePort: ueAddress.port,
        proxyAddress: proxyAddress.address,
        proxyPort: proxyAddress.port,
      }),
    ),
  );
  if (rows.length === 0) return;
  await transaction.$executeRaw`
    INSERT INTO subflows (session_pk, id, access, ue_address, ue_port, proxy_address, proxy_port, upload_bytes,
      download_bytes, rtt_ms, retrans_segments, is_open, is_backup, download_limit)
    SELECT "pk", "id", "access"::access_kind, "ueAddress", "uePort", "proxyAddress", "proxyPort", "uploadBytes",
      "downloadBytes", "rttMs", "retransSegments", "isOpen", "isBackup", "downloadLimitBytesPerSecond"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row("pk" bigint, "id" int, "access" text,
      "ueAddress" text, "uePort" int, "proxyAddress" text, "proxyPort" int, "uploadBytes" bigint,
      "downloadBytes" bigint, "rttMs" double precision, "retransSegments" bigint, "isOpen" boolean, "isBackup" boolean,
      "downloadLimitBytesPerSecond" bigint)
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
      is_open = excluded.is_open,
      is_backup = excluded.is_backup,
      download_limit = excluded.download_limit`;
}
