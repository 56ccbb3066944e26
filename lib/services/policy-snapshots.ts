import { type PolicySnapshot, policySnapshotSchema } from "@/lib/contracts/policy";
import { type Database, getDatabase, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { processSingleton } from "./process-singleton";

const maxKept = 8;

function keptSnapshots(): Map<number, PolicySnapshot> {
  return processSingleton("policy-snapshots", () => new Map<number, PolicySnapshot>());
}

/**
 * The snapshot of a version, null for an unknown one. Versions are immutable: the last few are kept in memory.
 */
export async function findSnapshot(
  version: number,
  database: Database | Transaction = getDatabase(),
): Promise<PolicySnapshot | null> {
  const kept = keptSnapshots();
  const known = kept.get(version);
  if (known !== undefined) {
    kept.delete(version);
    kept.set(version, known);
    return known;
  }
  const row = await database.policyVersion.findUnique({ where: { version }, select: { snapshot: true } });
  if (row === null) return null;
  const snapshot = policySnapshotSchema.parse(row.snapshot);
  rememberSnapshot(snapshot);
  return snapshot;
}

/** Errors: AppError POLICY_VERSION_UNKNOWN. */
export async function readSnapshot(
  version: number,
  database: Database | Transaction = getDatabase(),
): Promise<PolicySnapshot> {
  const snapshot = await findSnapshot(version, database);
  if (snapshot === null) throw new AppError("POLICY_VERSION_UNKNOWN", `There is no policy version ${version}.`);
  return snapshot;
}

/** Keep a snapshot that was read or has been committed. */
export function rememberSnapshot(snapshot: PolicySnapshot): void {
  const kept = keptSnapshots();
  kept.set(snapshot.version, snapshot);
  for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - maxKept))) kept.delete(oldest);
}

/** What of a version can be published again, exactly as it is stored. Errors: AppError POLICY_VERSION_UNKNOWN. */
export async function readStoredContent(version: number, database: Transaction): Promise<Record<string, unknown>> {
  const row = await database.policyVersion.findUnique({ where: { version }, select: { snapshot: true } });
  if (row === null) throw new AppError("POLICY_VERSION_UNKNOWN", `There is no policy version ${version}.`);
  const stored = typeof row.snapshot === "object" && row.snapshot !== null ? row.snapshot : {};
  return Object.fromEntries(Object.entries(stored).filter(([key]) => key !== "version" && key !== "publishedAt"));
}
