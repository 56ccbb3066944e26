import * as z from "zod";
import { getDatabase } from "@/lib/db/client";
import { isSecretOf, sha256Hex } from "@/lib/shared/ids";
import { createLog } from "@/lib/shared/log";
import type { DeviceActor, NodeActor, StaffActor } from "./actor";
import { scopesOf } from "./api-token-row";
import { noteDevicesSeen } from "./note-devices-seen";
import { adoptNodeCredential } from "./rotate-node-credential";

const seenAgainMs = 60_000;

/** The node that this credential belongs to; null for a wrong or revoked one. The first use of a new one voids the one before. */
export async function checkNodeCredential(id: string, secret: string): Promise<NodeActor | null> {
  const node = await getDatabase().node.findUnique({ where: { id } });
  const isCurrent = isSecretOf(secret, node?.secretSha256);
  const isNext = isSecretOf(secret, node?.nextSecretSha256);
  if (node === null || node.revokedAt !== null || !(isCurrent || isNext)) return null;
  if (isNext) await adoptNodeCredential(id, sha256Hex(secret));
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
  if (!isSecretOf(secret, device?.secretSha256) || device === null || device.revokedAt !== null) return null;
  noteSeen(device.id, device.lastSeenAt);
  return { kind: "device", id: device.id };
}

/**
 * The account that this API token acts for, with its role as of now and the token's scopes; null for a wrong, a revoked or
 * an expired one, and where the account is disabled.
 */
export async function checkApiToken(id: string, secret: string): Promise<StaffActor | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const database = getDatabase();
  const row = await database.apiToken.findUnique({ where: { id }, include: { staff: true } });
  if (!isSecretOf(secret, row?.secretSha256) || row === null) return null;
  const now = Date.now();
  if (row.revokedAt !== null || row.expiresAt.getTime() <= now || row.staff.disabledAt !== null) return null;
  if ((row.lastUsedAt?.getTime() ?? 0) + seenAgainMs < now)
    await database.apiToken.update({ where: { id }, data: { lastUsedAt: new Date(now) } });
  const { name, email, role, language } = row.staff;
  const token = { id, scopes: scopesOf(row.scopes) };
  return { kind: "staff", id: row.staffId, name, email, role, language, sessionId: null, token };
}
