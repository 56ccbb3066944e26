import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { csvLines } from "./csv-cell";
import { importRowText, readTold } from "./import-row-text";
import { csvColumns, resultColumns } from "./subscriber-csv";

const pageSize = 2000;

/**
 * The imported file with what became of each row in two columns more, as parts of a CSV file that can be imported
 * again: it has the columns that the file had. Who took it is kept in the audit log before the first part.
 *
 * Errors: AppError AUTH_FORBIDDEN.
 */
export async function* exportImportResult(staff: StaffActor, jobId: string): AsyncGenerator<string, void, void> {
  requireRole(staff, subscriberWriters);
  await getDatabase().$transaction((transaction) =>
    appendAudit(transaction, { actor: auditName(staff), action: "import.export", target: `import:${jobId}` }),
  );
  let head: boolean[] | null = null;
  for (let last = 0; ; ) {
    const where = { jobId, line: { gt: last } };
    const rows = await getDatabase().importRow.findMany({ where, orderBy: { line: "asc" }, take: pageSize });
    const cells = rows.map((row) => [row.msisdn, row.imsi, row.state, row.serviceClass, row.extraWhiteLists]);
    if (head === null) {
      const isThere = (cells[0] ?? [""]).map((cell) => cell !== null);
      yield csvLines([[...csvColumns.filter((_, index) => isThere[index]), ...resultColumns]]);
      head = isThere;
    }
    const isThere = head;
    const lines = rows.map(({ outcome, told }, at) => {
      const written = (cells[at] ?? []).filter((_, index) => isThere[index]).map((cell) => cell ?? "");
      return [...written, outcome ?? "not checked", importRowText(readTold(told))];
    });
    if (lines.length > 0) yield csvLines(lines);
    last = rows.at(-1)?.line ?? last;
    if (rows.length < pageSize) return;
  }
}
