import type { Access } from "@/lib/contracts/access";
import type { ServiceClass } from "@/lib/contracts/policy";
import type { SessionRow } from "@/lib/contracts/portal";
import {
  type AccessUse,
  type SealedCase,
  type SupportCase,
  type SupportLookUp,
  supportCaseSchema,
} from "@/lib/contracts/support";
import type { PathEvent } from "@/lib/contracts/telemetry";
import { type Database, getDatabase } from "@/lib/db/client";
import { splitTarget } from "@/lib/shared/split-target";
import { decideVerdict } from "@/lib/support/decide-verdict";
import type { SessionFacts, VerdictFacts } from "@/lib/support/verdict-facts";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { findAndNote } from "./find-and-note";
import { getSubscriber } from "./get-subscriber";
import { findPolicyState, type PolicyState, snapshotForSubscriber } from "./policy-state";
import { sealCase } from "./seal-case";
import { asSessionRow, sessionRelations } from "./session-row";
import { simulateDecision } from "./simulate-decision";
import { readSubscriberUsage, type SubscriberUse } from "./subscriber-usage";

const maxSessions = 25;
const maxEvents = 100;
const hourMs = 3_600_000;
/** Reports come each second; the last one may be on its way. */
const rateSpanMs = 5000;
const rateDelayMs = 1500;
const accesses: readonly Access[] = ["lte", "wifi", "other"];

type CaseEvent = SupportCase["events"][number];

async function readEvents(database: Database, keys: readonly bigint[]): Promise<Map<string, PathEvent[]>> {
  const rows = await database.$queryRaw<(Omit<PathEvent, "at"> & { at: Date; key: string })[]>`
    SELECT session_pk::text AS key, at, subflow_id AS "subflowId", access::text, kind::text, cause, actor::text
    FROM (SELECT * FROM path_events WHERE session_pk = ANY(${keys}) ORDER BY at DESC, id DESC LIMIT 1000) newest
    ORDER BY at, id`;
  const byKey = new Map<string, PathEvent[]>();
  for (const { key, at, ...event } of rows)
    byKey.set(key, [...(byKey.get(key) ?? []), { ...event, at: at.toISOString() }]);
  return byKey;
}

type UseRow = { access: Access; up: number; down: number };

/** Bytes of the last whole seconds, of sessions that run: of a sample that lies partly in them its part. */
function readNow(database: Database, subscriberId: string, now: Date): Promise<UseRow[]> {
  const to = new Date(now.getTime() - rateDelayMs);
  const from = new Date(to.getTime() - rateSpanMs);
  return database.$queryRaw<UseRow[]>`
    SELECT bytes.access, round(sum(bytes.up * part))::float8 AS up, round(sum(bytes.down * part))::float8 AS down
    FROM sessions s JOIN session_samples p ON p.session_pk = s.id
    CROSS JOIN LATERAL (SELECT extract(epoch FROM least(p.to_at, ${to}) - greatest(p.from_at, ${from}))
      / extract(epoch FROM p.to_at - p.from_at) AS part) share
    CROSS JOIN LATERAL (VALUES ('lte', lte_upload_bytes, lte_download_bytes),
      ('wifi', wifi_upload_bytes, wifi_download_bytes),
      ('other', other_upload_bytes, other_download_bytes)) AS bytes(access, up, down)
    WHERE s.subscriber_id = ${subscriberId} AND s.ended_at IS NULL AND p.to_at > ${from} AND p.from_at < ${to}
      AND bytes.up + bytes.down > 0 GROUP BY 1`;
}

function perSecond(bytes: number): number {
  return (bytes * 8 * 1000) / rateSpanMs;
}

function useOf(
  access: Access,
  sessions: readonly SessionRow[],
  used: readonly SubscriberUse[],
  now: readonly UseRow[],
  readAt: string,
): AccessUse {
  const ofAccess = used.find((row) => row.access === access);
  const ofNow = now.find((row) => row.access === access);
  const having = sessions.find(({ subflows }) => subflows.some((path) => path.access === access));
  const paths = having?.subflows.filter((path) => path.access === access) ?? [];
  const bytesOf = (path: SessionRow["subflows"][number]): number => path.uploadBytes + path.downloadBytes;
  const busiest = [...paths].sort((one, another) => bytesOf(another) - bytesOf(one)).at(0);
  const running = sessions.filter(({ end }) => end === null).flatMap(({ subflows }) => subflows);
  return {
    access,
    uploadBytes: ofAccess?.todayUp ?? 0,
    downloadBytes: ofAccess?.todayDown ?? 0,
    monthUploadBytes: ofAccess?.monthUp ?? 0,
    monthDownloadBytes: ofAccess?.monthDown ?? 0,
    bitsPerSecond: ofNow === undefined ? null : perSecond(ofNow.up + ofNow.down),
    rttMs: busiest?.rttMs ?? null,
    retransSegments: paths.reduce((sum, path) => sum + path.retransSegments, 0),
    openPaths: running.filter((path) => path.access === access && path.isOpen).length,
    lastSeenAt: having === undefined ? null : (having.end?.at ?? readAt),
  };
}

function factsOf(row: SessionRow, events: readonly PathEvent[], isNodeDraining: boolean): SessionFacts {
  return {
    destination: row.destination,
    transport: row.transport,
    isRunning: row.end === null,
    paths: row.subflows.map(({ access, isOpen, uploadBytes, downloadBytes }) => ({
      access,
      isOpen,
      bytes: uploadBytes + downloadBytes,
    })),
    events,
    nodeName: row.nodeName,
    isNodeDraining,
  };
}

async function askPolicy(
  staff: StaffActor,
  subscriberId: string,
  text: string | null,
): Promise<VerdictFacts["destination"]> {
  if (text === null) return null;
  const { host, port } = splitTarget(text);
  const request = {
    subscriber: subscriberId,
    host,
    port: Number(port ?? 443),
    policy: "in-force" as const,
    ueAddress: null,
  };
  const { outcome, sentence, told } = await simulateDecision(staff, request);
  return { text, isThroughProxy: outcome === "through-proxy", said: { text: sentence, told } };
}

function asShown({ said, ...destination }: NonNullable<VerdictFacts["destination"]>): SupportCase["destination"] {
  return { ...destination, sentence: said.text, told: said.told };
}

function policyWords(state: PolicyState | null, subscriberId: string) {
  const snapshot = state === null ? null : snapshotForSubscriber(state, subscriberId);
  return {
    classOf: (id: string): ServiceClass | null => snapshot?.serviceClasses.find((one) => one.id === id) ?? null,
    listName: (id: string | null): string | null => snapshot?.whiteLists.find((one) => one.id === id)?.name ?? null,
  };
}

/** The newest sessions with their paths' events. */
async function readSessions(database: Database, subscriberId: string) {
  const stored = await database.session.findMany({
    where: { subscriberId },
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: maxSessions,
    include: sessionRelations,
  });
  const events = await readEvents(
    database,
    stored.map(({ id }) => id),
  );
  const draining = new Set(stored.filter(({ node }) => node.isDraining).map(({ nodeId }) => nodeId));
  return { sessions: stored.map(asSessionRow), events, draining };
}

/** All that is shown of a subscriber, asked at once. */
async function readCase(staff: StaffActor, id: string, request: SupportLookUp, now: Date): Promise<SupportCase> {
  const database = getDatabase();
  const state = findPolicyState(database);
  const [subscriber, { sessions, events, draining }, used, current, policyState, destination] = await Promise.all([
    getSubscriber(id, database, state),
    readSessions(database, id),
    readSubscriberUsage(database, id, now),
    readNow(database, id, now),
    state,
    askPolicy(staff, id, request.destination),
  ]);
  const policy = policyWords(policyState, id);
  const recent = sessions.filter(({ end }) => end === null || now.getTime() - Date.parse(end.at) < hourMs);
  const serviceClass = policy.classOf(subscriber.quotaClassId ?? subscriber.serviceClassId);
  const devices = subscriber.deviceList;
  const busier = Math.max(
    ...["up" as const, "down" as const].map((way) => current.reduce((sum, row) => sum + row[way], 0)),
  );
  const facts: VerdictFacts = {
    subscriber: { state: subscriber.state, isQuotaReached: subscriber.quotaClassId !== null },
    serviceClass,
    deviceSilencesMs: devices
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ lastSeenAt }) => (lastSeenAt === null ? null : Math.max(0, now.getTime() - Date.parse(lastSeenAt)))),
    sessions: recent.map((row) => factsOf(row, events.get(row.key) ?? [], draining.has(row.nodeId))),
    hasSpokenMptcp: sessions.some(({ transport }) => transport === "mptcp"),
    bitsPerSecond: current.length === 0 ? null : perSecond(busier),
    destination,
  };
  const readAt = now.toISOString();
  return supportCaseSchema.parse({
    readAt,
    purpose: request.purpose,
    subscriber: {
      id: subscriber.id,
      msisdn: subscriber.msisdn,
      imsi: subscriber.imsi,
      state: subscriber.state,
      serviceClass,
      subscribedClassId: subscriber.serviceClassId,
      isQuotaReached: subscriber.quotaClassId !== null,
      lteBytesThisMonth: subscriber.lteBytesThisMonth,
    },
    verdict: decideVerdict(facts),
    destination: destination === null ? null : asShown(destination),
    accesses: accesses
      .map((access) => useOf(access, sessions, used, current, readAt))
      .filter(
        ({ access, openPaths, monthUploadBytes, monthDownloadBytes }) =>
          access !== "other" || openPaths + monthUploadBytes + monthDownloadBytes > 0,
      ),
    devices: devices.map(({ id, name, lastSeenAt, revokedAt }) => ({
      id,
      name,
      lastSeenAt,
      isRevoked: revokedAt !== null,
    })),
    sessions: sessions.map((row) => ({ ...row, whiteListName: policy.listName(row.whiteListId) })),
    events: sessions
      .flatMap(({ key, destination: to }) =>
        (events.get(key) ?? []).map((event): CaseEvent => ({ ...event, destination: to, sessionKey: key })),
      )
      .sort((one, another) => Date.parse(another.at) - Date.parse(one.at))
      .slice(0, maxEvents),
  });
}

/**
 * Why a subscriber's traffic is as it is: the verdict, what it rests on, and the sessions behind it. The look-up is kept in
 * the audit log with its purpose.
 *
 * Errors: AppError AUTH_FORBIDDEN, SUBSCRIBER_UNKNOWN; those of the simulator for a destination.
 */
export async function lookUpSubscriber(
  staff: StaffActor,
  request: SupportLookUp,
  now = new Date(),
): Promise<SealedCase> {
  requireRole(staff, subscriberReaders);
  const shown = await findAndNote(staff, request, now, ({ id }) => readCase(staff, id, request, now));
  return sealCase(staff, shown);
}
