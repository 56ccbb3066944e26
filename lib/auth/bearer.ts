import type { DeviceActor, NodeActor, StaffActor } from "@/lib/services/actor";
import { checkApiToken, checkDeviceCredential, checkNodeCredential } from "@/lib/services/check-credential";

function readBearer(request: Request): { id: string; secret: string } | null {
  const [scheme, credential = ""] = (request.headers.get("authorization") ?? "").split(" ");
  const dot = credential.lastIndexOf(".");
  if (scheme?.toLowerCase() !== "bearer" || dot < 1 || credential.length > 300) return null;
  return { id: credential.slice(0, dot), secret: credential.slice(dot + 1) };
}

/**
 * Whether a credential came with the request itself. A browser adds none on its own to a request that another site makes,
 * and another site cannot add one without being asked first (CORS preflight), which nothing here answers.
 */
export function hasBearer(request: Request): boolean {
  return /^bearer(\s|$)/i.test(request.headers.get("authorization") ?? "");
}

/** The account whose API token came as `Authorization: Bearer <id>.<secret>`; null for none or one that does not count. */
export async function staffOfBearer(request: Request): Promise<StaffActor | null> {
  const bearer = readBearer(request);
  return bearer === null ? null : checkApiToken(bearer.id, bearer.secret);
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
