import type { UsageExportQuery } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { readByCursor } from "@/lib/db/read-by-cursor";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { csvLines } from "./csv-cell";

type Row = { day: string; id: string; msisdn: string | null; access: string; up: string; down: string };

const columns = ["day", "msisdn", "subscriber_id", "access", "upload_bytes", "download_bytes"];

function lineOf({ day, id, msisdn, access, up, down }: Row): (string | bigint)[] {
  return [day, msisdn === null ? "" : `+${msisdn}`, id, access, BigInt(up), BigInt(down)];
}

/**
 * What the ledger has of these days (UTC, both named ones included), a line for each day, subscriber and access, as parts
 * of a CSV file. Who took which days is kept in the audit log before the first part.
 *
 * Errors: AppError AUTH_FORBIDDEN.
 */
export async function* exportUsage(
  staff: StaffActor,
  { from, to }: UsageExportQuery,
): AsyncGenerator<string, void, void> {
  requireRole(staff, subscriberWriters);
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, { actor: auditName(staff), action: "usage.export", target: "usage", after: { from, to } }),
  );
  yield csvLines([columns]);
  const pages = readByCursor<Row>(
    `SELECT day::text, subscriber_id AS id, msisdn, access::text, upload_bytes::text AS up, download_bytes::text AS down
     FROM usage_by_day LEFT JOIN subscribers ON subscribers.id::text = subscriber_id
     WHERE day >= $1::date AND day <= $2::date ORDER BY day, subscriber_id, access`,
    [from, to],
  );
  for await (const rows of pages) yield csvLines(rows.map(lineOf));
}
