import { decode } from "next-auth/jwt";
import * as z from "zod";
import type { StaffActor } from "@/lib/services/actor";
import { findStaffSession } from "@/lib/services/staff-sessions";
import { requireEnv } from "@/lib/shared/env";

const sidSchema = z.object({ sid: z.uuid() });

/**
 * Who the session cookie's token belongs to; null for none, a forged, an old or a revoked one.
 * `isUse` false looks without keeping the session awake.
 */
export async function staffOfToken(token: string | undefined, isUse = true): Promise<StaffActor | null> {
  if (token === undefined || token === "") return null;
  const payload = await decode({ token, secret: requireEnv("NEXTAUTH_SECRET") }).catch(() => null);
  const claims = sidSchema.safeParse(payload);
  return claims.success ? findStaffSession(claims.data.sid, isUse) : null;
}
