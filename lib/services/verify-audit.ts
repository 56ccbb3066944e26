import type { AuditVerdict } from "@/lib/contracts/audit";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { requireRole, type StaffActor } from "./actor";
import { auditRoles } from "./audit-rows";

/** Walk the whole audit chain. Errors: AppError AUTH_FORBIDDEN. */
export async function verifyAudit(staff: StaffActor): Promise<AuditVerdict> {
  requireRole(staff, auditRoles);
  return { ...(await verifyAuditChain(getDatabase())), verifiedAt: new Date().toISOString() };
}
