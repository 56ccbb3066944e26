import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { currentStaff } from "@/lib/auth/current-staff";
import type { Me } from "@/lib/contracts/portal";
import { pageHeader } from "@/lib/http/page-header";

/** Who is signed in; nobody: to the sign-in page, which leads back to what was asked for, filters included. */
export async function requireStaff(): Promise<Me> {
  const staff = await currentStaff();
  if (staff !== null) return staff;
  const page = (await headers()).get(pageHeader) ?? "/";
  redirect(page === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(page)}`);
}
