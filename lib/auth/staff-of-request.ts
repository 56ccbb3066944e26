import type { StaffActor } from "@/lib/services/actor";
import { hasBearer, staffOfBearer } from "./bearer";
import { sessionCookie } from "./session-cookie";
import { staffOfToken } from "./staff-of-token";

function readCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * The member of staff who sent the request: with an API token, or signed in; null for nobody. A request with a credential of
 * its own is judged by that alone, never by a cookie beside it.
 */
export async function staffOfRequest(request: Request, isUse = true): Promise<StaffActor | null> {
  if (hasBearer(request)) return staffOfBearer(request);
  return staffOfToken(readCookie(request, sessionCookie("session").name), isUse);
}
