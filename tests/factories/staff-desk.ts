import { POST as createStaff } from "@/app/api/staff/route";
import type { Role } from "@/lib/contracts/portal";
import { type NewStaff, newStaffSchema } from "@/lib/contracts/staff";
import { getDatabase } from "@/lib/db/client";
import { hashPassword } from "@/lib/services/password";
import { callRoute, signedIn } from "./portal-call";

export const staffPassword = "four unrelated plain words";

/** An account with a password that has signed in. */
export async function signedInWithPassword(role: Role) {
  const account = await signedIn(role);
  const { email } = await getDatabase().staff.update({
    where: { id: account.staffId },
    data: { passwordHash: await hashPassword(staffPassword) },
  });
  return { ...account, email, headers: { cookie: account.cookie } };
}

/** An administrator invites somebody. */
export async function invite(headers: Record<string, string>, email: string, role: Role): Promise<NewStaff> {
  const answer = await callRoute(createStaff, { body: { name: "New", email, role }, headers });
  return newStaffSchema.parse(await answer.json());
}

/** The token of a one-time link. */
export function tokenOf(url: string): string {
  return new URL(url).searchParams.get("token") ?? "";
}
