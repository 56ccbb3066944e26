import type { StaffActor } from "@/lib/services/actor";
import { sessionCookie } from "./session-cookie";
import { staffOfToken } from "./staff-of-token";

function readCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The signed-in member of staff who sent the request; null for nobody. */
export async function staffOfRequest(request: Request, isUse = true): Promise<StaffActor | null> {
  return staffOfToken(readCookie(request, sessionCookie("session").name), isUse);
}
