import type { ImportJob } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { asImportJob, lockImport } from "./import-job";
import { importWorker } from "./import-worker";

/**
 * Write what the dry run showed, in the background. Rows with an error are left out, and rows that others changed since.
 * Errors: AppError AUTH_FORBIDDEN, NOT_FOUND, IMPORT_WRONG_STATE unless the dry run is over.
 */
export async function commitImport(
  staff: StaffActor,
  { id, reason }: { id: string; reason: string },
): Promise<ImportJob> {
  requireRole(staff, subscriberWriters);
  const job = await getDatabase().$transaction(async (transaction) => {
    const { state, counts } = await lockImport(transaction, id);
    if (state !== "checked")
      throw new AppError("IMPORT_WRONG_STATE", `This import is ${state}; only a checked one can be committed.`);
    const data = { state: "committing" as const, progress: 0, reason };
    const committing = await transaction.importJob.update({ where: { id }, data });
    const audit = { actor: auditName(staff), action: "import.commit", target: `import:${id}` };
    await appendAudit(transaction, { ...audit, after: counts, reason });
    return committing;
  });
  importWorker().wake();
  return asImportJob(job);
}
