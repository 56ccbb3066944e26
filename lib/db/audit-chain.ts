import { createHash } from "node:crypto";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { type Database, Prisma, type Transaction } from "./client";
import { lockKeys } from "./lock-keys";

/** A JSON value, or anything that becomes one (a date). */
type Content = unknown;

export type AuditChange = {
  /** `staff:<id>`, `node:<id>` or `system`. */
  actor: string;
  /** `policy.publish`, `staff.create`, … */
  action: string;
  /** What was changed: `policy:3`. */
  target: string;
  before?: Content;
  after?: Content;
  reason?: string;
};

type ChainRow = {
  id: bigint;
  actor: string;
  action: string;
  target: string;
  before: Content;
  after: Content;
  reason: string | null;
  at: Date;
  prevHash: string;
};

/** `hash` of the entry before the first one. */
const genesisHash = "0".repeat(64);

function hashOf(row: ChainRow): string {
  const { id, actor, action, target, before, after, reason, at, prevHash } = row;
  const content = [
    id.toString(),
    at.toISOString(),
    actor,
    action,
    target,
    before ?? null,
    after ?? null,
    reason,
    prevHash,
  ];
  return createHash("sha256").update(canonicalJson(content), "utf8").digest("hex");
}

function plainJson(value: Content): Content {
  return value === undefined || value === null ? null : JSON.parse(JSON.stringify(value));
}

const asColumn = (value: Content) => (value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue));

/** Append an entry to the audit chain, in the transaction that makes the change it tells of. Never pass a secret. */
export async function appendAudit(transaction: Transaction, change: AuditChange): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.audit})`;
  const last = await transaction.auditEntry.findFirst({ orderBy: { id: "desc" }, select: { id: true, hash: true } });
  const row: ChainRow = {
    id: (last?.id ?? 0n) + 1n,
    actor: change.actor,
    action: change.action,
    target: change.target,
    before: plainJson(change.before),
    after: plainJson(change.after),
    reason: change.reason ?? null,
    at: new Date(),
    prevHash: last?.hash ?? genesisHash,
  };
  const data = { ...row, before: asColumn(row.before), after: asColumn(row.after), hash: hashOf(row) };
  await transaction.auditEntry.create({ data });
}

/** `brokenAt`: the first entry that was changed, or before which one is missing; null for a whole chain. */
export type AuditVerdict = { entries: number; brokenAt: number | null; headHash: string };

const pageSize = 1000;

/**
 * Walk the whole chain and compare every hash.
 * A cut-off tail is only seen by who knows an earlier `headHash` or count: keep the verdict elsewhere.
 */
export async function verifyAuditChain(database: Database): Promise<AuditVerdict> {
  let headHash = genesisHash;
  let lastId = 0n;
  for (;;) {
    const rows = await database.auditEntry.findMany({
      where: { id: { gt: lastId } },
      orderBy: { id: "asc" },
      take: pageSize,
    });
    for (const row of rows) {
      if (row.id !== lastId + 1n || row.prevHash !== headHash || row.hash !== hashOf(row))
        return { entries: Number(lastId), brokenAt: Number(lastId) + 1, headHash };
      headHash = row.hash;
      lastId = row.id;
    }
    if (rows.length < pageSize) return { entries: Number(lastId), brokenAt: null, headHash };
  }
}
