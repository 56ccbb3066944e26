import type { AuditConcern, SupportMoment } from "@/lib/contracts/moment";
import { type Database, Prisma } from "@/lib/db/client";
import { staffNames } from "./staff-names";

const maxEntries = 200;
const publishes = ["policy.publish", "policy.rollback", "policy.canary", "policy.promote", "policy.revert"];

type Row = {
  id: bigint;
  at: Date;
  actor: string;
  action: string;
  target: string;
  reason: string | null;
  concern: AuditConcern;
};

export type Concerned = { subscriberId: string; classIds: readonly string[]; from: Date; to: Date };

/** What the audit log holds, in a span, about a subscriber and its devices, its classes, and published policies. */
export async function auditAround(
  database: Database,
  { subscriberId, classIds, from, to }: Concerned,
): Promise<SupportMoment["audit"]> {
  const devices = await database.device.findMany({ where: { subscriberId }, select: { id: true } });
  const own = [`subscriber:${subscriberId}`, ...devices.map(({ id }) => `device:${id}`)];
  const classes = classIds.map((id) => `draft:service-class:${id}`);
  const named = JSON.stringify({ target: { ids: [subscriberId] } });
  const filtered = JSON.stringify({ target: { kind: "filter" } });
  const isOwn = Prisma.sql`(target = ANY(${own}) OR (action = 'subscriber.bulk'
    AND (after @> ${named}::jsonb OR after @> ${filtered}::jsonb)))`;
  const rows = await database.$queryRaw<Row[]>`
    SELECT * FROM (
      SELECT id, at, actor, action, target, reason,
        CASE WHEN ${isOwn} THEN 'subscriber' WHEN target = ANY(${classes}) THEN 'class'
          WHEN action = ANY(${publishes}) THEN 'policy' END AS concern
      FROM audit_entries WHERE at >= ${from} AND at <= ${to}
    ) found WHERE concern IS NOT NULL ORDER BY id DESC LIMIT ${maxEntries}`;
  const nameOf = await staffNames(rows.map(({ actor }) => actor));
  return rows.map(({ id, at, actor, ...entry }) => ({
    ...entry,
    id: id.toString(),
    at: at.toISOString(),
    actor: nameOf(actor),
  }));
}
