import type { DemoRun } from "@/lib/contracts/live";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { isActive } from "./demo-run-state";
import { readDemoRun } from "./demo-run-store";
import { liveHub } from "./live-hub";
import { testbedHub } from "./testbed-hub";

/**
 * Cancel a run. A running one ends when testbed or device has stopped it; one that nobody works on ends at once.
 * Errors: AppError AUTH_FORBIDDEN, DEMO_RUN_UNKNOWN, DEMO_RUN_OVER.
 */
export async function cancelDemoRun(staff: StaffActor, id: string): Promise<DemoRun> {
  requireRole(staff, demoRoles);
  const [hub, live] = await Promise.all([testbedHub(), liveHub()]);
  return hub.serialise(async () => {
    const run = live.getRun()?.id === id ? live.getRun() : await readDemoRun(id);
    if (run === null || !isActive(run))
      throw new AppError("DEMO_RUN_OVER", "This run is over; there is nothing to cancel.");
    const audit = { actor: auditName(staff), action: "demo.cancel", target: `run:${id}` };
    if (run.state === "queued" || !hub.hasRunner(run)) {
      hub.order(run.request.device, { type: "cancel", runId: id });
      return hub.endRun(run, "cancelled", null, (transaction) => appendAudit(transaction, audit));
    }
    await getDatabase().$transaction((transaction) => appendAudit(transaction, audit));
    hub.askToCancel(run);
    return run;
  });
}
