import { Prisma, type Transaction } from "@/lib/db/client";
import type { CsvRow } from "./read-subscriber-csv";

/** Keep a file's rows as they were read; those with a problem are errors already. */
export async function stageImportRows(transaction: Transaction, jobId: string, rows: readonly CsvRow[]): Promise<void> {
  // One text for all rows: lists of values cost the client more than reading the file does.
  const texts = rows.map(({ line, cells, problems }) => ({ line, ...cells, told: problems.map(({ told }) => told) }));
  await transaction.$executeRaw`
    INSERT INTO import_rows (job_id, line, msisdn, imsi, state, service_class, extra_white_lists, outcome, told)
    SELECT ${jobId}::uuid, line, msisdn, imsi, state, "serviceClass", "extraWhiteLists",
      CASE WHEN told = '[]' THEN NULL ELSE 'error'::import_outcome END, told
    FROM json_to_recordset(${JSON.stringify(texts)}::json) AS
      row(line int, msisdn text, imsi text, state text, "serviceClass" text, "extraWhiteLists" text, told jsonb)`;
}

/** Whether a job is in this state still; it stays so to the end of the transaction. */
export async function isStillChecking(transaction: Transaction, jobId: string): Promise<boolean> {
  const rows = await transaction.$queryRaw<unknown[]>(
    Prisma.sql`SELECT 1 FROM import_jobs WHERE id = ${jobId}::uuid AND state = 'checking' FOR UPDATE`,
  );
  return rows.length > 0;
}
