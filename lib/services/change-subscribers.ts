import type { BulkChange, BulkChangeReply } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, Prisma, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { answerByKey, onceByKey } from "./idempotent";
import { holdPolicyIds, requirePolicyIds } from "./policy-ids";
import { revokeEntitlements } from "./revoke-entitlements";
import { conditionOfAll } from "./subscriber-conditions";

/**
 * In one transaction: about a second, in which nobody can publish. Up to here a change is done to all or to none; a larger
 * one is done chunk by chunk.
 */
const chunkRows = 10_000;
const chunkTimeoutMs = 60_000;

type Written = { matched: bigint; changed: bigint; last: string | null; deviceIds: string[] | null };

function conditionOf({ target }: BulkChange): Prisma.Sql {
  return target.kind === "ids" ? Prisma.sql`s.id = ANY(${target.ids}::uuid[])` : conditionOfAll(target.filter);
}

/** From after an MSISDN on, so many; null: all. */
type Place = { last: string; limit: number | null };

/** The subscribers that are there; rows are locked by MSISDN as everywhere, so that no two changes wait for each other. */
async function writeRows(transaction: Transaction, bulk: BulkChange, { last, limit }: Place): Promise<Written> {
  const { state = null, serviceClassId = null } = bulk.change;
  const [written] = await transaction.$queryRaw<Written[]>`
    WITH matched AS (
      SELECT s.id, s.msisdn FROM subscribers s WHERE ${conditionOf(bulk)} AND s.msisdn > ${last}
      ORDER BY s.msisdn LIMIT ${limit}::bigint FOR UPDATE
    ), changed AS (
      UPDATE subscribers s SET state = coalesce(${state}::subscriber_state, s.state),
        service_class_id = coalesce(${serviceClassId}, s.service_class_id),
        updated_at = now(), revision = s.revision + 1
      FROM matched WHERE s.id = matched.id
        AND (s.state <> coalesce(${state}::subscriber_state, s.state)
          OR s.service_class_id <> coalesce(${serviceClassId}, s.service_class_id))
      RETURNING s.id
    )
    SELECT (SELECT count(*) FROM matched) AS matched, (SELECT count(*) FROM changed) AS changed,
      (SELECT max(msisdn) FROM matched) AS last,
      (SELECT array_agg(id) FROM (SELECT d.id FROM devices d JOIN changed ON changed.id = d.subscriber_id
        WHERE d.revoked_at IS NULL LIMIT 101) named) AS "deviceIds"`;
  if (written === undefined) throw new Error("counting gives one row");
  return written;
}

type Progress = BulkChangeReply & { last: string };

/** One chunk, with its audit row. */
async function writeChunk(
  transaction: Transaction,
  bulk: BulkChange,
  { actor, ...place }: Place & { actor: string },
): Promise<Progress> {
  if (bulk.change.serviceClassId !== undefined)
    requirePolicyIds(await holdPolicyIds(transaction), bulk.change, "change.serviceClassId");
  const written = await writeRows(transaction, bulk, place);
  const reply = { matched: Number(written.matched), changed: Number(written.changed) };
  const { target, change, reason } = bulk;
  const after = { target, change, ...reply, ...(written.last === null ? {} : { upTo: `+${written.last}` }) };
  await appendAudit(transaction, { actor, action: "subscriber.bulk", target: "subscribers", after, reason });
  await revokeEntitlements(transaction, written.deviceIds ?? []);
  return { ...reply, last: written.last ?? place.last };
}

async function countMatched(bulk: BulkChange): Promise<number> {
  const [row] = await getDatabase().$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM subscribers s WHERE ${conditionOf(bulk)}`;
  return Number(row?.count ?? 0);
}

function requireExpected({ target }: BulkChange, matched: number): void {
  const expected = target.kind === "filter" ? target.expectedCount : null;
  if (expected !== null && expected !== matched)
    throw new AppError(
      "BULK_SET_CHANGED",
      `You saw ${expected} subscribers; there are ${matched} now. Look at the list again, then repeat.`,
    );
}

function inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return getDatabase().$transaction(work, { timeout: chunkTimeoutMs, maxWait: chunkTimeoutMs });
}

/** Chunk by chunk, each in its own transaction: between two of them others publish and change. */
async function writeManyChunks(bulk: BulkChange, actor: string): Promise<BulkChangeReply> {
  const sum: Progress = { matched: 0, changed: 0, last: "" };
  for (;;) {
    const place = { last: sum.last, limit: chunkRows };
    const written = await inTransaction((transaction) => writeChunk(transaction, bulk, { actor, ...place }));
    sum.matched += written.matched;
    sum.changed += written.changed;
    sum.last = written.last;
    if (written.matched < chunkRows) return { matched: sum.matched, changed: sum.changed };
  }
}

/**
 * Change class or state of many subscribers at once. Up to a chunk of them: all or none. More are changed in chunks by
 * their MSISDN; where that is broken off, those before stay changed, the audit log says up to which, and repeating the
 * change does the rest.
 *
 * Errors: AppError AUTH_FORBIDDEN, IDEMPOTENCY_KEY_REUSED, BULK_SET_CHANGED where the filter finds another number than
 * the caller saw; FieldsRefused REQUEST_INVALID.
 */
export async function changeSubscribers(
  staff: StaffActor,
  { key, change: bulk }: { key: string; change: BulkChange },
): Promise<BulkChangeReply> {
  requireRole(staff, subscriberWriters);
  const actor = auditName(staff);
  const call = { key, actor, request: bulk };
  const count = await countMatched(bulk);
  if (count <= chunkRows)
    return inTransaction((transaction) =>
      onceByKey(transaction, call, async () => {
        const whole = { actor, last: "", limit: null };
        const { matched, changed } = await writeChunk(transaction, bulk, whole);
        requireExpected(bulk, matched);
        return { matched, changed };
      }),
    );
  const known = await inTransaction((transaction) => answerByKey<BulkChangeReply>(transaction, call));
  if (known !== null) return known;
  requireExpected(bulk, count);
  const reply = await writeManyChunks(bulk, actor);
  // Estimates of how many there are would be of before.
  await getDatabase().$executeRaw`ANALYZE subscribers`;
  return inTransaction((transaction) => onceByKey(transaction, call, async () => reply));
}
