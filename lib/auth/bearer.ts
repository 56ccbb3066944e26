import type { DeviceActor, NodeActor } from "@/lib/services/actor";
import { checkDeviceCredential, checkNodeCredential } from "@/lib/services/check-credential";

function readBearer(request: Request): { id: string; secret: string } | null {
  const [scheme, credential = ""] = (request.headers.get("authorization") ?? "").split(" ");
  const dot = credential.lastIndexOf(".");
  if (scheme?.toLowerCase() !== "bearer" || dot < 1 || credential.length > 300) return null;
  return { id: credential.slice(0, dot), secret: credential.slice(dot + 1) };
}

/** The node whose `Authorization: Bearer <id>.<secret>` came with the request; null for none or a wrong one. */
export async function nodeOfRequest(request: Request): Promise<NodeActor | null> {
  const bearer = readBearer(request);
  return bearer === null ? null : checkNodeCredential(bearer.id, bearer.secret);
}

/** The device whose `Authorization: Bearer <id>.<secret>` came with the request; null for none, a wrong or revoked one. */
export async function deviceOfRequest(request: Request): Promise<DeviceActor | null> {
  const bearer = readBearer(request);
  return bearer === null ? null : checkDeviceCredential(bearer.id, bearer.secret);
}
