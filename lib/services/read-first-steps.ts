import type { FirstSteps } from "@/lib/contracts/first-steps";
import { getDatabase } from "@/lib/db/client";

/** What was done of the ways into the product, by anybody; of look-ups, by this member of staff. */
export async function readFirstSteps(staffId: string): Promise<FirstSteps> {
  const { node, subscriber, device, session, policyVersion, auditEntry, demoRun } = getDatabase();
  const [proxy, anySubscriber, anyDevice, anySession, publication, lookUp, testbed, run] = await Promise.all([
    node.findFirst({ where: { kind: "proxy", lastSeenAt: { not: null } }, select: { id: true } }),
    subscriber.findFirst({ select: { id: true } }),
    device.findFirst({ where: { revokedAt: null }, select: { id: true } }),
    session.findFirst({ select: { id: true } }),
    policyVersion.findFirst({ where: { publishedBy: { not: "system" } }, select: { version: true } }),
    auditEntry.findFirst({ where: { actor: `staff:${staffId}`, action: "support.look-up" }, select: { id: true } }),
    node.findFirst({ where: { kind: "testbed", lastSeenAt: { not: null } }, select: { id: true } }),
    demoRun.findFirst({ where: { state: "finished" }, select: { id: true } }),
  ]);
  return {
    hasProxy: proxy !== null,
    hasSubscriber: anySubscriber !== null,
    hasDevice: anyDevice !== null,
    hasSession: anySession !== null,
    hasPublication: publication !== null,
    hasLookUp: lookUp !== null,
    hasTestbed: testbed !== null,
    hasRun: run !== null,
  };
}
