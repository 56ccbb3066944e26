import type { LinkChange } from "@/lib/contracts/demo";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { testbedHub } from "./testbed-hub";

/**
 * Have the testbed change a link's settings or fault under what runs. It says when that is in force: `faults` of its
 * status.
 * Errors: AppError AUTH_FORBIDDEN, DEMO_NO_TESTBED.
 */
export async function changeTestbedLink(staff: StaffActor, change: LinkChange): Promise<LinkChange> {
  requireRole(staff, demoRoles);
  const hub = await testbedHub();
  return hub.serialise(async () => {
    if (!hub.isConnected())
      throw new AppError("DEMO_NO_TESTBED", "No testbed is connected. Start one on this machine with: npm run demo");
    await getDatabase().$transaction(async (transaction) => {
      const actor = auditName(staff);
      await appendAudit(transaction, {
        actor,
        action: "testbed.link",
        target: `testbed:${change.access}`,
        after: change,
      });
    });
    hub.send({ type: "link", change });
    return change;
  });
}
