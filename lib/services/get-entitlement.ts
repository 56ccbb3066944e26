import type { Entitlement } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import type { NodeActor } from "./actor";
import { findEntitlement } from "./device-entitlement";
import { noteDevicesSeen } from "./note-devices-seen";

/** What a device that came by a node may do. Errors: AppError DEVICE_UNKNOWN, also for a revoked device. */
export async function getEntitlement(node: NodeActor, deviceId: string): Promise<Entitlement> {
  const entitlement = await findEntitlement(deviceId, node.id);
  if (entitlement === null) throw new AppError("DEVICE_UNKNOWN", "No device has this id, or it was revoked.");
  await noteDevicesSeen(getDatabase(), [deviceId]);
  return entitlement;
}
