import { appendAudit } from "./audit-chain";
import type { Prisma, Transaction } from "./client";
import { notifyDatabase } from "./database-events";

/** Lock key of publishing: versions are numbered without gaps, also when two operators publish at once. */
const publishLock = 7_410_002;

export type NewPolicyVersion = {
  /** The snapshot without `version` and `publishedAt`, already checked by its schema. */
  content: Record<string, unknown>;
  reason: string;
  actor: string;
};

/** Wait until nobody else publishes; held to the end of the transaction. */
export async function lockPublishing(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${publishLock})`;
}

/** Store the next policy version with its audit entry, and tell every portal once the transaction is committed. */
export async function insertPolicyVersion(transaction: Transaction, input: NewPolicyVersion): Promise<number> {
  await lockPublishing(transaction);
  const last = await transaction.policyVersion.findFirst({ orderBy: { version: "desc" }, select: { version: true } });
  const version = (last?.version ?? 0) + 1;
  const publishedAt = new Date();
  const snapshot = { ...input.content, version, publishedAt: publishedAt.toISOString() } as Prisma.InputJsonObject;
  const { reason, actor } = input;
  await transaction.policyVersion.create({ data: { version, snapshot, reason, publishedAt, publishedBy: actor } });
  await appendAudit(transaction, {
    actor,
    action: "policy.publish",
    target: `policy:${version}`,
    before: last,
    after: { version },
    reason,
  });
  await notifyDatabase(transaction, { type: "policy", version });
  return version;
}
