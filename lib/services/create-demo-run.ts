import { randomUUID } from "node:crypto";
import type { DemoRequest } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { isActive, waitingLane } from "./demo-run-state";
import { hasActiveRun, writeDemoRun } from "./demo-run-store";
import { liveHub } from "./live-hub";
import { testbedHub } from "./testbed-hub";

const busy = (): AppError => new AppError("DEMO_BUSY", "A comparison is on. Wait for its end or cancel it first.");

/**
 * Queue a comparison and tell the testbed. One at a time.
 * Errors: AppError AUTH_FORBIDDEN, DEMO_NO_TESTBED, DEMO_BUSY.
 */
export async function createDemoRun(staff: StaffActor, request: DemoRequest): Promise<DemoRun> {
  requireRole(staff, demoRoles);
  const [hub, live] = await Promise.all([testbedHub(), liveHub()]);
  return hub.serialise(async () => {
    const before = live.getRun();
    if (before !== null && isActive(before)) throw busy();
    if (!hub.isConnected())
      throw new AppError("DEMO_NO_TESTBED", "No testbed is connected. Start one on this machine with: npm run demo");
    const run: DemoRun = {
      id: randomUUID(),
      request: { ...request, lanes: [...new Set(request.lanes)] },
      state: "queued",
      createdAt: new Date().toISOString(),
      finishedAt: null,
      createdBy: staff.name,
      lanes: [...new Set(request.lanes)].map(waitingLane),
      testbed: null,
    };
    await getDatabase().$transaction(async (transaction) => {
      if (await hasActiveRun(transaction)) throw busy();
      await writeDemoRun(transaction, run);
      const actor = auditName(staff);
      await appendAudit(transaction, { actor, action: "demo.start", target: `run:${run.id}`, after: run.request });
    });
    hub.showRun(run);
    hub.send({ type: "run", runId: run.id, request: run.request });
    return run;
  });
}
