import { cookies } from "next/headers";
import type { Me } from "@/lib/contracts/portal";
import { sessionCookie } from "./session-cookie";
import { staffOfToken } from "./staff-of-token";

/** Who looks at this page (server components only); null when nobody is signed in. Shows things, never protects them. */
export async function currentStaff(): Promise<Me | null> {
  const token = (await cookies()).get(sessionCookie("session").name)?.value;
  const staff = await staffOfToken(token);
  return staff === null ? null : { id: staff.id, name: staff.name, email: staff.email, role: staff.role };
}
