import { appendAudit } from "@/lib/db/audit-chain";
import { Prisma, type Transaction } from "@/lib/db/client";
import { assessment, listOf, told } from "./assess-import-rows";
import { countOutcomes } from "./import-job";
import type { OpenImport } from "./open-import";
import { holdPolicyIds } from "./policy-ids";
import { revokeEntitlements } from "./revoke-entitlements";

const chunkRows = 10_000;

/** Rows of the job from after the last written line to this one that have one of the outcomes. */
function rowsTo(job: OpenImport, lastLine: number, ...outcomes: ("create" | "update")[]): Prisma.Sql {
  return Prisma.sql`SELECT * FROM import_rows WHERE job_id = ${job.id}::uuid AND line > ${job.lastLine}
    AND line <= ${lastLine} AND outcome = ANY(${outcomes}::import_outcome[])`;
}

/** Locked by MSISDN as everywhere, so that no two changes wait for each other. */
async function lockSubscribers(transaction: Transaction, rows: Prisma.Sql): Promise<void> {
  await transaction.$executeRaw`
    SELECT s.id FROM subscribers s WHERE s.msisdn IN (SELECT substr(msisdn, 2) FROM (${rows}) r)
    ORDER BY s.msisdn FOR UPDATE`;
}

/** What would now be done otherwise than the dry run showed is not done. */
async function assessAgain(transaction: Transaction, job: OpenImport, rows: Prisma.Sql): Promise<void> {
  const known = await holdPolicyIds(transaction);
  await transaction.$executeRaw`
    WITH assessed AS MATERIALIZED (${assessment(rows, known)})
    UPDATE import_rows r SET
      outcome = CASE WHEN assessed.outcome = 'unchanged' THEN assessed.outcome ELSE 'error' END,
      told = CASE WHEN assessed.outcome IN ('unchanged', 'error') THEN assessed.told
        ELSE ${listOf([told("importChangedSince")])} || r.told || ${listOf([told("importNow")])} || assessed.told
          || ${listOf([told("importAgain")])} END
    FROM assessed WHERE r.job_id = ${job.id}::uuid AND r.line = assessed.line
      AND (r.outcome, r.told) IS DISTINCT FROM (assessed.outcome, assessed.told)`;
}

async function createFrom(transaction: Transaction, rows: Prisma.Sql): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO subscribers (id, msisdn, imsi, state, service_class_id, extra_white_list_ids)
    SELECT gen_random_uuid(), substr(r.msisdn, 2), nullif(r.imsi, ''), coalesce(r.state, 'active')::subscriber_state,
      r.service_class, coalesce(string_to_array(nullif(r.extra_white_lists, ''), ';'), '{}')
    FROM (${rows}) r`;
}

/** @returns ids of the devices concerned, at most one more than can be named */
async function updateFrom(transaction: Transaction, rows: Prisma.Sql): Promise<string[]> {
  const devices = await transaction.$queryRaw<{ id: string }[]>`
    WITH changed AS (
      UPDATE subscribers s SET
        imsi = CASE WHEN r.imsi IS NULL THEN s.imsi ELSE nullif(r.imsi, '') END,
        state = coalesce(r.state::subscriber_state, s.state),
        service_class_id = coalesce(r.service_class, s.service_class_id),
        extra_white_list_ids = CASE WHEN r.extra_white_lists IS NULL THEN s.extra_white_list_ids
          ELSE coalesce(string_to_array(nullif(r.extra_white_lists, ''), ';'), '{}') END,
        updated_at = now(), revision = s.revision + 1
      FROM (${rows}) r WHERE s.msisdn = substr(r.msisdn, 2)
      RETURNING s.id
    )
    SELECT d.id FROM devices d JOIN changed ON changed.id = d.subscriber_id WHERE d.revoked_at IS NULL LIMIT 101`;
  return devices.map(({ id }) => id);
}

async function finish(transaction: Transaction, job: OpenImport): Promise<void> {
  const counts = await countOutcomes(transaction, job.id);
  const data = { state: "done" as const, progress: job.rows, counts, finishedAt: new Date() };
  await transaction.importJob.update({ where: { id: job.id }, data });
  const audit = { actor: "system", action: "import.done", target: `import:${job.id}`, after: counts };
  await appendAudit(transaction, job.reason === null ? audit : { ...audit, reason: job.reason });
}

type Span = { count: bigint; lastLine: number | null };

/**
 * Write the next rows of a commit; after the last ones the job is done.
 * @returns whether the job is done
 */
export async function writeImportChunk(transaction: Transaction, job: OpenImport): Promise<boolean> {
  const [span] = await transaction.$queryRaw<Span[]>`
    SELECT count(*) AS count, max(line) AS "lastLine" FROM (
      SELECT line FROM import_rows WHERE job_id = ${job.id}::uuid AND line > ${job.lastLine}
      ORDER BY line LIMIT ${chunkRows}) chunk`;
  const lastLine = span?.lastLine ?? null;
  if (lastLine === null) {
    await finish(transaction, job);
    return true;
  }
  const planned = rowsTo(job, lastLine, "create", "update");
  await lockSubscribers(transaction, planned);
  await assessAgain(transaction, job, planned);
  await createFrom(transaction, rowsTo(job, lastLine, "create"));
  await revokeEntitlements(transaction, await updateFrom(transaction, rowsTo(job, lastLine, "update")));
  const progress = job.progress + Number(span?.count ?? 0);
  await transaction.importJob.update({ where: { id: job.id }, data: { progress, lastLine } });
  return false;
}
