import type { Me } from "@/lib/contracts/portal";
import type { StaffActor } from "@/lib/services/actor";

/** What the account's own pages may know of it. */
export function meOf({ id, name, email, role, language }: StaffActor): Me {
  return { id, name, email, role, language };
}
