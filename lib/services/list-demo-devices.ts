import type { ListedDemoDevice } from "@/lib/contracts/demo-devices";
import { demoRoles, requireRole, type StaffActor } from "./actor";
import { demoDevices } from "./demo-devices";

/** Devices that are there now and allow demo runs. Errors: AppError AUTH_FORBIDDEN. */
export async function listDemoDevices(staff: StaffActor): Promise<{ items: ListedDemoDevice[] }> {
  requireRole(staff, demoRoles);
  return { items: await demoDevices().list() };
}
