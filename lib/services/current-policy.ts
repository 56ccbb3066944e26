import { type PolicySnapshot, policySnapshotSchema } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";

/** The newest published policy; null in an empty database. */
export async function currentPolicy(): Promise<PolicySnapshot | null> {
  const row = await getDatabase().policyVersion.findFirst({ orderBy: { version: "desc" }, select: { snapshot: true } });
  return row === null ? null : policySnapshotSchema.parse(row.snapshot);
}
