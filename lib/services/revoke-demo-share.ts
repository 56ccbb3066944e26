import type { DemoShare } from "@/lib/contracts/demo-shares";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { asDemoShare } from "./demo-share-row";

/**
 * A link shows nothing any more, at once; one that was revoked already stays as it is.
 * Errors: AppError AUTH_FORBIDDEN, NOT_FOUND.
 */
export async function revokeDemoShare(staff: StaffActor, id: string): Promise<DemoShare> {
  requireRole(staff, demoRoles);
  return getDatabase().$transaction(async (transaction) => {
    const { count } = await transaction.demoShare.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    const row = await transaction.demoShare.findUnique({ where: { id } });
    if (row === null) throw new AppError("NOT_FOUND", "No link has this id.");
    if (count > 0) {
      const audit = { actor: auditName(staff), action: "demo.unshare", target: `run:${row.runId}` };
      await appendAudit(transaction, { ...audit, before: { share: id } });
    }
    return asDemoShare(row);
  });
}
