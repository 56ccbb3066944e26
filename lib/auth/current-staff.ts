import { cookies } from "next/headers";
import { cache } from "react";
import type { Me } from "@/lib/contracts/portal";
import { meOf } from "./me-of";
import { sessionCookie } from "./session-cookie";
import { staffOfToken } from "./staff-of-token";

/**
 * Who looks at this page (server components only); null when nobody is signed in. Shows things, never protects them. Looked
 * up once a request.
 */
export const currentStaff = cache(async (): Promise<Me | null> => {
  const token = (await cookies()).get(sessionCookie("session").name)?.value;
  const staff = await staffOfToken(token);
  return staff === null ? null : meOf(staff);
});
