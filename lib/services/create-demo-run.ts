import { randomUUID } from "node:crypto";
import { type DemoRequest, waitingLane } from "@/lib/contracts/demo";
import type { DemoDevice, LaneRefusal } from "@/lib/contracts/demo-devices";
import type { DemoRun } from "@/lib/contracts/live";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, demoRoles, requireRole, type StaffActor } from "./actor";
import { demoDevices } from "./demo-devices";
import { isActive } from "./demo-run-state";
import { hasActiveRun, writeDemoRun } from "./demo-run-store";
import { liveHub } from "./live-hub";
import { testbedHub } from "./testbed-hub";

const busy = (): AppError => new AppError("DEMO_BUSY", "A comparison is on. Wait for its end or cancel it first.");

const refusalTexts: Readonly<Record<LaneRefusal, string>> = {
  "no-link": "a link that it takes is not there",
  "one-interface": "LTE and WiFi are one interface, whose bytes cannot be told apart",
  "no-mptcp": "the device's kernel has no MPTCP",
  "not-proxied": "by the device's policy the source is not reached through the proxy: put it on a white-list",
  captured: "the agent captures what goes directly, and the source is on a white-list",
  "no-wget": "wget is not installed on the device",
};

/** The device of the request, where it is there and can do it. Errors: those of createDemoRun about devices. */
async function findDevice({ device: id, direction, lanes }: DemoRequest): Promise<DemoDevice | null> {
  if (id === null) return null;
  const found = (await demoDevices().list()).find((device) => device.id === id);
  if (found === undefined)
    throw new AppError("DEMO_NO_DEVICE", "This device is not there, or does not allow demo runs. Choose another one.");
  if (direction !== "download" && !found.takesUploads)
    throw new AppError(
      "DEMO_DOWNLOAD_ONLY",
      "This device has a source of its own, which takes nothing: choose Download.",
    );
  const refused = found.refusals.find(({ lane }) => lanes.includes(lane));
  if (refused !== undefined)
    throw new AppError("DEMO_LANE_REFUSED", `The device cannot run ${refused.lane}: ${refusalTexts[refused.reason]}.`);
  const { id: _id, ...device } = found;
  return device;
}

/**
 * Queue a comparison and tell the testbed, or the device that is to run it. One at a time.
 * Errors: AppError AUTH_FORBIDDEN, DEMO_NO_TESTBED, DEMO_BUSY; DEMO_NO_DEVICE, DEMO_DOWNLOAD_ONLY, DEMO_LANE_REFUSED.
 */
export async function createDemoRun(staff: StaffActor, request: DemoRequest): Promise<DemoRun> {
  requireRole(staff, demoRoles);
  const [hub, live] = await Promise.all([testbedHub(), liveHub()]);
  return hub.serialise(async () => {
    const before = live.getRun();
    if (before !== null && isActive(before)) throw busy();
    const device = await findDevice(request);
    if (device === null && !hub.isConnected())
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
      device,
    };
    await getDatabase().$transaction(async (transaction) => {
      if (await hasActiveRun(transaction)) throw busy();
      await writeDemoRun(transaction, run);
      const actor = auditName(staff);
      await appendAudit(transaction, { actor, action: "demo.start", target: `run:${run.id}`, after: run.request });
    });
    hub.showRun(run);
    hub.order(request.device, { type: "run", runId: run.id, request: run.request });
    return run;
  });
}
