import type { ImportOutcome, ImportRow, ImportRowList } from "@/lib/contracts/subscribers";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { identifiersFor } from "./identifiers";
import { requireImport } from "./import-job";
import { importRowText, readTold } from "./import-row-text";
import { cutPage } from "./page-cursor";

export type ImportRowQuery = {
  id: string;
  outcome?: ImportOutcome | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** Rows that were checked, by line, as the reader may see them. Errors: AppError AUTH_FORBIDDEN, NOT_FOUND, REQUEST_BAD_CURSOR. */
export async function listImportRows(staff: StaffActor, query: ImportRowQuery): Promise<ImportRowList> {
  requireRole(staff, subscriberReaders);
  const { id, outcome, cursor = "0", limit } = query;
  if (!/^\d{1,9}$/.test(cursor))
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  await requireImport(id);
  const rows = await getDatabase().importRow.findMany({
    where: { jobId: id, line: { gt: Number(cursor) }, outcome: outcome ?? { not: null } },
    orderBy: { line: "asc" },
    take: limit + 1,
  });
  const identifiers = await identifiersFor(staff);
  const asItem = ({ line, msisdn, outcome: found, told }: (typeof rows)[number]): ImportRow => {
    const row = identifiers.ofImportRow({ line, msisdn, outcome: found ?? "error", told: readTold(told) });
    return { ...row, message: importRowText(row.told) };
  };
  return cutPage(rows, limit, asItem, ({ line }) => String(line));
}
