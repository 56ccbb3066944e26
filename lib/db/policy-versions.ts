import { appendAudit } from "./audit-chain";
import type { Database, Transaction } from "./client";
import { notifyDatabase } from "./database-events";
import { lockKeys } from "./lock-keys";

export type PublishKind = "publish" | "rollback" | "canary" | "promote" | "revert";

export type NewPolicyVersion = {
  /** The snapshot without `version` and `publishedAt`, already checked by its schema. */
  content: object;
  reason: string;
  actor: string;
  /** "publish" where absent. */
  kind?: PublishKind;
  /** The version it was made of. */
  sourceVersion?: number;
  /** Everyone where absent. */
  scope?: object;
};

export type PolicyHead = { version: number; scope: unknown; publishedAt: Date };
export type PolicyHeads = { inForce: PolicyHead | null; trial: PolicyHead | null };

/** Wait until nobody else publishes, changes the draft or relies on the policy in force; held to the transaction's end. */
export async function lockPolicy(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.policy})`;
}

/** Keep the policy in force as it is to the end of the transaction; others may do so at the same time. */
export async function sharePolicy(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock_shared(${lockKeys.policy})`;
}

/** Wait until nobody else changes the draft or publishes; held to the transaction's end. */
export async function lockDraft(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.draft})`;
  await sharePolicy(transaction);
}

/** The version in force, and the canary that is on: one that no later version has ended. */
export async function readPolicyHeads(database: Database | Transaction): Promise<PolicyHeads> {
  const rows = await database.$queryRaw<(PolicyHead & { isTrial: boolean })[]>`
    SELECT version, scope, published_at AS "publishedAt", kind = 'canary' AS "isTrial" FROM policy_versions
    WHERE version >= (SELECT max(version) FROM policy_versions WHERE kind <> 'canary') ORDER BY version`;
  const newest = rows.at(-1);
  return { inForce: rows[0] ?? null, trial: newest?.isTrial === true ? newest : null };
}

/** Store the next policy version with its audit entry, and tell every portal once the transaction is committed. */
export async function insertPolicyVersion(
  transaction: Transaction,
  input: NewPolicyVersion,
): Promise<{ version: number; publishedAt: Date }> {
  await lockPolicy(transaction);
  const last = await transaction.policyVersion.findFirst({ orderBy: { version: "desc" }, select: { version: true } });
  const version = (last?.version ?? 0) + 1;
  const publishedAt = new Date();
  const { reason, actor, kind = "publish", sourceVersion = null, scope = { kind: "everyone" } } = input;
  const snapshot = JSON.stringify({ ...input.content, version, publishedAt: publishedAt.toISOString() });
  await transaction.$executeRaw`
    INSERT INTO policy_versions (version, snapshot, reason, published_at, published_by, kind, source_version, scope)
    VALUES (${version}, ${snapshot}::jsonb, ${reason}, ${publishedAt}, ${actor}, ${kind}::publish_kind,
      ${sourceVersion}::int, ${JSON.stringify(scope)}::jsonb)`;
  await appendAudit(transaction, {
    actor,
    action: `policy.${kind}`,
    target: `policy:${version}`,
    before: last,
    after: { version, sourceVersion, scope },
    reason,
  });
  await notifyDatabase(transaction, { type: "policy", version });
  return { version, publishedAt };
}
