import * as z from "zod";
import type { AlertKind } from "@/lib/contracts/alerts";
import { say } from "@/lib/contracts/sentences";
import type { Transaction } from "@/lib/db/client";
import { formatBytes } from "@/lib/shared/units";
import type { AlertReading } from "./advance-alerts";
import { findPolicyState, mainSnapshotFor, type PolicyState } from "./policy-state";

const minuteMs = 60_000;
/** Sessions that began lately are judged, and only where there are enough of them. */
const sessionsMs = 10 * minuteMs;
const minSessions = 20;
const maxSessions = 5000;
/** A class's share is judged over so long, and only where it carried so much. */
const shareMs = 15 * minuteMs;
const minShareBytes = 10_000_000;
/** A node reports each second. */
const silentMs = 10_000;

const statusSchema = z.object({
  policyVersion: z.int(),
  spool: z.object({ sizeBytes: z.number() }).nullish(),
});
const megabyte = 1e6;
const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`;

type SessionCounts = { sessions: number; fallbacks: number; stalls: number };

async function countSessions(transaction: Transaction, now: Date): Promise<SessionCounts> {
  const since = new Date(now.getTime() - sessionsMs);
  const [row] = await transaction.$queryRaw<SessionCounts[]>`
    SELECT count(*)::int AS sessions, count(*) FILTER (WHERE transport = 'tcp-fallback')::int AS fallbacks,
      count(*) FILTER (WHERE EXISTS (SELECT FROM path_events e WHERE e.session_pk = s.id
        AND e.kind = 'stalled' AND e.access = 'wifi'))::int AS stalls
    FROM (SELECT id, transport FROM sessions WHERE started_at > ${since} AND started_at <= ${now}
      ORDER BY started_at DESC, id DESC LIMIT ${maxSessions}) s`;
  return row ?? { sessions: 0, fallbacks: 0, stalls: 0 };
}

function ofSessions({ sessions, fallbacks, stalls }: SessionCounts, thresholds: Thresholds): AlertReading[] {
  if (sessions < minSessions) return [];
  const ratios = [
    { kind: "fallback-ratio", count: fallbacks, code: "alertFallback" },
    { kind: "wifi-stalls", count: stalls, code: "alertStalls" },
  ] as const;
  return ratios.flatMap(({ kind, count, code }) => {
    const share = (100 * count) / sessions;
    const threshold = thresholds.get(kind) ?? 100;
    if (share <= threshold) return [];
    const said = say(code, { share: percent(share), sessions, limit: percent(threshold) });
    return [{ kind, subject: "all", subjectName: "All nodes", said }];
  });
}

/**
 * Nodes that were heard once and are silent now, nodes that work by another version than they are to, and nodes whose
 * telemetry waits on their disks although they are heard.
 */
async function ofNodes(
  transaction: Transaction,
  state: PolicyState | null,
  mostSpooledBytes: number,
  now: Date,
): Promise<AlertReading[]> {
  const nodes = await transaction.node.findMany({
    where: { kind: "proxy", revokedAt: null, lastSeenAt: { not: null } },
    select: { id: true, name: true, lastSeenAt: true, status: true },
  });
  return nodes.flatMap(({ id, name, lastSeenAt, status }): AlertReading[] => {
    const about = { subject: id, subjectName: name };
    if (lastSeenAt !== null && now.getTime() - lastSeenAt.getTime() > silentMs)
      return [{ ...about, kind: "node-down", said: say("alertNodeDown", { since: lastSeenAt.toISOString() }) }];
    const told = statusSchema.safeParse(status).data;
    const readings: AlertReading[] = [];
    const version = told?.policyVersion;
    const wanted = state === null ? undefined : mainSnapshotFor(state, id).version;
    if (version !== undefined && wanted !== undefined && version !== wanted) {
      const said = say("alertDrift", { version: String(version), wanted: String(wanted) });
      readings.push({ ...about, kind: "policy-drift", said });
    }
    const spooled = told?.spool?.sizeBytes ?? 0;
    if (spooled > mostSpooledBytes) {
      const said = say("alertSpool", { size: formatBytes(spooled), limit: formatBytes(mostSpooledBytes) });
      readings.push({ ...about, kind: "spool-growing", said });
    }
    return readings;
  });
}

async function ofClasses(
  transaction: Transaction,
  state: PolicyState | null,
  points: number,
  now: Date,
): Promise<AlertReading[]> {
  const sums = await transaction.classMinute.groupBy({
    by: ["serviceClassId"],
    where: { minute: { gt: new Date(now.getTime() - shareMs), lte: now } },
    _sum: { lteBytes: true, totalBytes: true },
  });
  const sumOf = new Map(sums.map(({ serviceClassId, _sum }) => [serviceClassId, _sum]));
  return (state?.inForce.serviceClasses ?? []).flatMap(({ id, name, steering, lteSharePercent }): AlertReading[] => {
    const total = Number(sumOf.get(id)?.totalBytes ?? 0n);
    if (steering !== "lte-share" || lteSharePercent === null || total < minShareBytes) return [];
    const share = (100 * Number(sumOf.get(id)?.lteBytes ?? 0n)) / total;
    if (share <= lteSharePercent + points) return [];
    const said = say("alertLteShare", { share: percent(share), target: percent(lteSharePercent) });
    return [{ kind: "lte-share", subject: id, subjectName: name, said }];
  });
}

export type Thresholds = ReadonlyMap<AlertKind, number | null>;

/** What is beyond its threshold now. */
export async function readAlertReadings(
  transaction: Transaction,
  thresholds: Thresholds,
  now: Date,
): Promise<AlertReading[]> {
  const state = await findPolicyState(transaction);
  const counts = await countSessions(transaction, now);
  return [
    ...ofSessions(counts, thresholds),
    ...(await ofNodes(transaction, state, (thresholds.get("spool-growing") ?? 0) * megabyte, now)),
    ...(await ofClasses(transaction, state, thresholds.get("lte-share") ?? 0, now)),
  ];
}
