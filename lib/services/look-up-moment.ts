import { momentMaxDays } from "@/lib/contracts/limits";
import { type MomentRequest, type SupportMoment, supportMomentSchema } from "@/lib/contracts/moment";
import { say } from "@/lib/contracts/sentences";
import type { PathEvent } from "@/lib/contracts/telemetry";
import { type Database, getDatabase } from "@/lib/db/client";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { auditAround } from "./audit-around";
import { FieldsRefused } from "./fields-refused";
import { findAndNote } from "./find-and-note";
import type { FoundSubscriber } from "./find-subscriber";
import { policyAt } from "./policy-at";
import { asSessionRow, sessionRelations } from "./session-row";
import { staffNames } from "./staff-names";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** To either side of the moment. */
const pathsMs = 15 * minuteMs;
const auditMs = 120 * minuteMs;
const maxRunning = 50;
const maxEvents = 500;

function readMoment(text: string, now: Date): Date {
  const at = new Date(text);
  const ageMs = now.getTime() - at.getTime();
  if (ageMs < 0 || ageMs > momentMaxDays * dayMs)
    throw new FieldsRefused("REQUEST_INVALID", { at: say("chooseRecentMoment") });
  return at;
}

type Happened = Omit<PathEvent, "at"> & { at: Date; destination: string; sessionKey: string };
type Span = { from: Date; to: Date };

async function readHappened(database: Database, subscriberId: string, { from, to }: Span) {
  const rows = await database.$queryRaw<Happened[]>`
    SELECT e.at, e.subflow_id AS "subflowId", e.access::text, e.kind::text, e.cause, e.actor::text,
      s.destination, s.id::text AS "sessionKey"
    FROM sessions s JOIN path_events e ON e.session_pk = s.id AND e.at >= ${from} AND e.at <= ${to}
    WHERE s.subscriber_id = ${subscriberId} AND s.started_at <= ${to} AND (s.ended_at IS NULL OR s.ended_at >= ${from})
    ORDER BY e.at DESC, e.id DESC LIMIT ${maxEvents}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

async function readRunning(database: Database, subscriberId: string, at: Date) {
  const rows = await database.session.findMany({
    where: { subscriberId, startedAt: { lte: at }, OR: [{ endedAt: null }, { endedAt: { gte: at } }] },
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: maxRunning,
    include: sessionRelations,
  });
  return rows.map(asSessionRow);
}

async function describePolicy(
  database: Database,
  { subscriberId, classId, at }: { subscriberId: string; classId: string; at: Date },
): Promise<SupportMoment["policy"]> {
  const then = await policyAt(database, subscriberId, at);
  if (then === null) return null;
  const { snapshot, isTrial, reason, publishedAt, publishedBy } = then;
  const nameOf = await staffNames([publishedBy]);
  return {
    version: snapshot.version,
    isTrial,
    reason,
    publishedAt: publishedAt.toISOString(),
    publishedBy: nameOf(publishedBy),
    serviceClass: snapshot.serviceClasses.find(({ id }) => id === classId) ?? null,
  };
}

async function readMomentOf({ id, msisdn, serviceClassId }: FoundSubscriber, at: Date): Promise<SupportMoment> {
  const database = getDatabase();
  const around = (ms: number): Span => ({ from: new Date(at.getTime() - ms), to: new Date(at.getTime() + ms) });
  const span = around(pathsMs);
  const [sessions, events] = await Promise.all([readRunning(database, id, at), readHappened(database, id, span)]);
  const classIds = [...new Set([...sessions.map((session) => session.serviceClassId), serviceClassId])];
  const [policy, audit] = await Promise.all([
    describePolicy(database, { subscriberId: id, classId: classIds[0] ?? serviceClassId, at }),
    auditAround(database, { subscriberId: id, classIds, ...around(auditMs) }),
  ]);
  return supportMomentSchema.parse({
    at: at.toISOString(),
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    subscriber: { id, msisdn: `+${msisdn}` },
    sessions,
    events,
    policy,
    audit,
  });
}

/**
 * How it was for a subscriber at a moment of the last 30 days: what ran, what happened to its paths, which policy
 * counted, and what staff did around it. Kept in the audit log with its purpose, as every look-up.
 *
 * Errors: AppError AUTH_FORBIDDEN, SUBSCRIBER_UNKNOWN; FieldsRefused REQUEST_INVALID for another moment.
 */
export async function lookUpMoment(
  staff: StaffActor,
  request: MomentRequest,
  now = new Date(),
): Promise<SupportMoment> {
  requireRole(staff, subscriberReaders);
  const at = readMoment(request.at, now);
  return findAndNote(staff, request, now, (subscriber) => readMomentOf(subscriber, at));
}
