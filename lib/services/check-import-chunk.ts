import { appendAudit } from "@/lib/db/audit-chain";
import { Prisma, type Transaction } from "@/lib/db/client";
import { assessment, markRepeatedRows } from "./assess-import-rows";
import { countOutcomes } from "./import-job";
import type { OpenImport } from "./open-import";
import { holdPolicyIds } from "./policy-ids";

const chunkRows = 10_000;

async function finish(transaction: Transaction, job: OpenImport): Promise<void> {
  const counts = await countOutcomes(transaction, job.id);
  await transaction.importJob.update({ where: { id: job.id }, data: { state: "checked", progress: job.rows, counts } });
  await appendAudit(transaction, {
    actor: "system",
    action: "import.check",
    target: `import:${job.id}`,
    after: counts,
  });
}

/** The next rows of a dry run; after the last ones the job is checked. */
export async function checkImportChunk(transaction: Transaction, job: OpenImport): Promise<void> {
  const known = await holdPolicyIds(transaction);
  if (job.progress === 0) await markRepeatedRows(transaction, job.id);
  const chunk = Prisma.sql`SELECT * FROM import_rows WHERE job_id = ${job.id}::uuid AND outcome IS NULL
    ORDER BY line LIMIT ${chunkRows}`;
  const checked = await transaction.$executeRaw`
    WITH assessed AS MATERIALIZED (${assessment(chunk, known)})
    UPDATE import_rows r SET outcome = assessed.outcome, told = assessed.told
    FROM assessed WHERE r.job_id = ${job.id}::uuid AND r.line = assessed.line`;
  if (checked < chunkRows) return finish(transaction, job);
  // Rows that could not even be read, or were repeated, are counted with the first chunk.
  const isFirst = job.progress === 0;
  const where = { jobId: job.id, outcome: { not: null } };
  const progress = isFirst ? await transaction.importRow.count({ where }) : job.progress + checked;
  await transaction.importJob.update({ where: { id: job.id }, data: { progress } });
}
