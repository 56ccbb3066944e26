import type { Database, Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";

/** How long a snapshot that is over still says so; what it held is not shown any more. */
const toldMs = 24 * 3_600_000;

/** Snapshots that expired are removed whenever one is made or opened, or somebody is looked up. */
export async function removeOldSnapshots(database: Database | Transaction, now: Date): Promise<void> {
  await database.supportSnapshot.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - toldMs) } } });
}

/** The snapshot of a link. Errors: AppError SNAPSHOT_UNKNOWN, SNAPSHOT_EXPIRED, SNAPSHOT_REVOKED. */
export async function requireSnapshot(transaction: Transaction, token: string, now: Date) {
  const found = await transaction.supportSnapshot.findUnique({ where: { tokenHash: sha256Hex(token) } });
  if (found === null)
    throw new AppError(
      "SNAPSHOT_UNKNOWN",
      "No snapshot has this link: it was cut short, or it expired long ago. Ask for a new link, or look the subscriber up.",
    );
  if (found.revokedAt !== null)
    throw new AppError("SNAPSHOT_REVOKED", "This snapshot was taken back. Ask who sent the link, or look up again.");
  if (found.expiresAt <= now)
    throw new AppError(
      "SNAPSHOT_EXPIRED",
      `This snapshot expired at ${found.expiresAt.toISOString()}. Look the subscriber up again to see how it is now.`,
    );
  return found;
}
