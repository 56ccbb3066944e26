import { getDatabase } from "@/lib/db/client";
import { isEqualInConstantTime, sha256Hex } from "@/lib/shared/ids";
import { createLog } from "@/lib/shared/log";
import type { DeviceActor, NodeActor } from "./actor";
import { noteDevicesSeen } from "./note-devices-seen";

const seenAgainMs = 60_000;

/** What an unknown id is compared with, so that it costs the same. */
const nobodysSecret = "0".repeat(64);

function isSecretOf(secretSha256: string | undefined, secret: string): boolean {
  return isEqualInConstantTime(secretSha256 ?? nobodysSecret, sha256Hex(secret)) && secretSha256 !== undefined;
}

/** The node that this credential belongs to; null for a wrong one. */
export async function checkNodeCredential(id: string, secret: string): Promise<NodeActor | null> {
  const node = await getDatabase().node.findUnique({ where: { id } });
  if (!isSecretOf(node?.secretSha256, secret) || node === null) return null;
  return { kind: "node", id: node.id, name: node.name, nodeKind: node.kind };
}

/** That it was here is worth no delay and no refusal. */
function noteSeen(id: string, lastSeenAt: Date | null): void {
  if (lastSeenAt !== null && Date.now() - lastSeenAt.getTime() < seenAgainMs) return;
  noteDevicesSeen(getDatabase(), [id]).catch((error: unknown) =>
    createLog("devices").warn({ err: error }, "cannot keep when a device was seen"),
  );
}

/** The device that this credential belongs to; null for a wrong or revoked one. */
export async function checkDeviceCredential(id: string, secret: string): Promise<DeviceActor | null> {
  const device = await getDatabase().device.findUnique({ where: { id } });
  if (!isSecretOf(device?.secretSha256, secret) || device === null || device.revokedAt !== null) return null;
  noteSeen(device.id, device.lastSeenAt);
  return { kind: "device", id: device.id };
}
