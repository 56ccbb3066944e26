import { say } from "@/lib/contracts/sentences";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { checkImportChunk } from "./check-import-chunk";
import { failLostUploads, type OpenImport, takeOpenImport } from "./open-import";
import { processSingleton } from "./process-singleton";
import { writeImportChunk } from "./write-import-chunk";

/** How soon a job that another process left is found. */
const lookEveryMs = 2000;
const chunkTimeoutMs = 60_000;
/** In a row, on one job: it then fails, rather than being tried for ever. */
const maxFailures = 5;
const keptDays = 30;

/**
 * Works on imports, chunk by chunk, each in a transaction with the job's progress. Every portal process has one: a job's
 * row is locked while somebody works on it, so that they share the jobs, and one that ends in the middle is followed by
 * any other where it stopped.
 */
export class ImportWorker {
  private readonly log = createLog("imports");
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;
  private isClosed = false;
  private failures: { id: string; count: number } = { id: "", count: 0 };

  constructor() {
    this.timer = setInterval(() => this.wake(), lookEveryMs).unref();
  }

  /** Look for work now. */
  wake(): void {
    if (this.isClosed || this.running !== null) return;
    this.running = this.work().finally(() => {
      this.running = null;
    });
  }

  /** Stop after the chunk that is being worked on. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async work(): Promise<void> {
    try {
      await getDatabase().$transaction(failLostUploads);
      await this.forgetOld();
      while (!this.isClosed && (await this.workOnce()));
    } catch (error) {
      this.log.warn({ reason: errorMessage(error) }, "cannot work on imports; tried again in a moment");
    }
  }

  /** @returns whether there may be more to do */
  private async workOnce(): Promise<boolean> {
    let job: OpenImport | null = null;
    try {
      const isDone = await getDatabase().$transaction(
        async (transaction) => {
          job = await takeOpenImport(transaction);
          if (job === null) return false;
          if (job.state === "checking") await checkImportChunk(transaction, job);
          else return writeImportChunk(transaction, job);
          return false;
        },
        { timeout: chunkTimeoutMs },
      );
      this.failures = { id: "", count: 0 };
      // The planner must know what a large import brought, and indexes that their rows are old enough to be trusted alone.
      if (isDone) await getDatabase().$executeRaw`VACUUM (ANALYZE) subscribers`;
      return job !== null;
    } catch (error) {
      if (job === null) throw error;
      return this.takeFailure(job, error);
    }
  }

  private async takeFailure(job: OpenImport, error: unknown): Promise<boolean> {
    const count = this.failures.id === job.id ? this.failures.count + 1 : 1;
    this.failures = { id: job.id, count };
    this.log.warn({ err: error, job: job.id, count }, "a chunk of an import was undone");
    if (count < maxFailures) return true;
    await getDatabase().$transaction((transaction) => giveUp(transaction, job));
    return true;
  }

  private async forgetOld(): Promise<void> {
    await getDatabase().$executeRaw`
      DELETE FROM import_jobs WHERE id = (SELECT id FROM import_jobs
        WHERE created_at < now() - make_interval(days => ${keptDays}) AND state NOT IN ('checking', 'committing')
        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)`;
  }
}

async function giveUp(transaction: Transaction, job: OpenImport): Promise<void> {
  const { text: failure, told: failureTold } = say("importStuck", { rows: job.progress });
  const where = { id: job.id, state: job.state };
  const data = { state: "failed" as const, failure, failureTold, finishedAt: new Date() };
  await transaction.importJob.updateMany({ where, data });
}

/** The process's worker; it looks for work from the first call on. */
export function importWorker(): ImportWorker {
  return processSingleton("import-worker", () => {
    const worker = new ImportWorker();
    worker.wake();
    return worker;
  });
}
