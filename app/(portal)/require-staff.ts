import { redirect } from "next/navigation";
import { currentStaff } from "@/lib/auth/current-staff";
import type { Me } from "@/lib/contracts/portal";

/** Who is signed in; nobody: to the sign-in page, which leads back to `path`. */
export async function requireStaff(path: string): Promise<Me> {
  const staff = await currentStaff();
  if (staff === null) redirect(path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  return staff;
}
