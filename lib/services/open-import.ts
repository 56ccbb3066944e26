import { say } from "@/lib/contracts/sentences";
import type { Transaction } from "@/lib/db/client";

/** A job that there is work for. */
export type OpenImport = {
  id: string;
  state: "checking" | "committing";
  rows: number;
  progress: number;
  lastLine: number;
  reason: string | null;
};

/**
 * The oldest job that there is work for and nobody else works on; it is this transaction's until its end. Progress is
 * written in the same transaction as the work, so that whoever goes on finds every row done or not done.
 */
export async function takeOpenImport(transaction: Transaction): Promise<OpenImport | null> {
  const [job] = await transaction.$queryRaw<OpenImport[]>`
    SELECT id, state::text AS state, rows, progress, last_line AS "lastLine", reason FROM import_jobs
    WHERE state IN ('checking', 'committing') AND uploading_until IS NULL
    ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return job ?? null;
}

/** Uploads of which nothing is heard any more have failed, and what they brought is forgotten. */
export async function failLostUploads(transaction: Transaction): Promise<void> {
  const { text, told } = say("uploadInterrupted");
  await transaction.$executeRaw`
    WITH lost AS (
      UPDATE import_jobs SET state = 'failed', finished_at = now(), uploading_until = NULL,
        failure = ${text}, failure_told = ${JSON.stringify(told)}::jsonb
      WHERE state = 'checking' AND uploading_until < now() RETURNING id
    )
    DELETE FROM import_rows USING lost WHERE job_id = lost.id`;
}
