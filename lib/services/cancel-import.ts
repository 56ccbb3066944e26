import type { ImportJob } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { asImportJob, lockImport } from "./import-job";

const endStates: readonly string[] = ["done", "failed", "cancelled"];

/**
 * End an import. Rows that were written stay written: `progress` of a cancelled commit says how many were looked at.
 * Errors: AppError AUTH_FORBIDDEN, NOT_FOUND, IMPORT_WRONG_STATE for one that is over.
 */
export async function cancelImport(staff: StaffActor, id: string): Promise<ImportJob> {
  requireRole(staff, subscriberWriters);
  return getDatabase().$transaction(async (transaction) => {
    const { state, progress } = await lockImport(transaction, id);
    if (endStates.includes(state))
      throw new AppError("IMPORT_WRONG_STATE", `This import is ${state}; there is nothing to cancel.`);
    const data = { state: "cancelled" as const, finishedAt: new Date(), uploadingUntil: null };
    const cancelled = await transaction.importJob.update({ where: { id }, data });
    const audit = { actor: auditName(staff), action: "import.cancel", target: `import:${id}` };
    await appendAudit(transaction, { ...audit, before: { state, progress } });
    return asImportJob(cancelled);
  });
}
