import type { SubscriberFilter } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { csvLines } from "./csv-cell";
import { conditionOfAll } from "./subscriber-conditions";
import { csvColumns, joinIds } from "./subscriber-csv";
import { contentOf, type SubscriberRow, subscriberColumns } from "./subscriber-row";

const pageSize = 2000;

function cellsOf(row: SubscriberRow): string[] {
  const { msisdn, imsi, state, serviceClassId, extraWhiteListIds } = contentOf(row);
  return [msisdn, imsi ?? "", state, serviceClassId, joinIds(extraWhiteListIds)];
}

/**
 * All subscribers that the filter finds, by MSISDN, as parts of a CSV file; one page of them is in memory at a time. Who
 * took which is kept in the audit log before the first part.
 *
 * Errors: AppError AUTH_FORBIDDEN.
 */
export async function* exportSubscribers(
  staff: StaffActor,
  filter: SubscriberFilter,
): AsyncGenerator<string, void, void> {
  requireRole(staff, subscriberWriters);
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, {
      actor: auditName(staff),
      action: "subscriber.export",
      target: "subscribers",
      after: filter,
    }),
  );
  yield csvLines([csvColumns]);
  let last = "";
  for (;;) {
    const rows = await getDatabase().$queryRaw<SubscriberRow[]>`
      SELECT ${subscriberColumns} FROM subscribers s WHERE ${conditionOfAll(filter)} AND s.msisdn > ${last}
      ORDER BY s.msisdn LIMIT ${pageSize}`;
    if (rows.length > 0) yield csvLines(rows.map(cellsOf));
    last = rows.at(-1)?.msisdn ?? last;
    if (rows.length < pageSize) return;
  }
}
