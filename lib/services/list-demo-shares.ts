import type { DemoShare } from "@/lib/contracts/demo-shares";
import { getDatabase } from "@/lib/db/client";
import { demoRoles, requireRole, type StaffActor } from "./actor";
import { asDemoShare } from "./demo-share-row";

const mostShown = 50;

/** The links of a run, newest first, also those that show nothing any more. Errors: AppError AUTH_FORBIDDEN. */
export async function listDemoShares(staff: StaffActor, runId: string): Promise<{ items: DemoShare[] }> {
  requireRole(staff, demoRoles);
  const rows = await getDatabase().demoShare.findMany({
    where: { runId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: mostShown,
  });
  return { items: rows.map(asDemoShare) };
}
