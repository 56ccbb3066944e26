import { type Leading, takePartInLeading } from "@/lib/db/leader-lock";
import { processSingleton } from "./process-singleton";

/** The process's part in who leads. */
export function leadership(): Leading {
  return processSingleton("leadership", takePartInLeading);
}

/**
 * Whether this portal does what one of all portals does: housekeeping and alerts. The locks of the work itself make two
 * leaders harmless, for the moment in which a lost one does not know it yet.
 */
export async function isLeadingPortal(): Promise<boolean> {
  const leading = leadership();
  await leading.tried;
  return leading.isLeader();
}
