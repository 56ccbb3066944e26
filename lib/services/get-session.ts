import type { ServiceClass } from "@/lib/contracts/policy";
import { type SessionDetail, type SessionRow, sessionDetailSchema } from "@/lib/contracts/portal";
import { type Database, getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { findSnapshot } from "./policy-snapshots";
import { readPathEvents } from "./read-path-events";
import { asSessionRow, sessionRelations } from "./session-row";
import { readSessionSamples } from "./session-samples";

/** The class as the policy version that governs the session has it; null where that one is not known. */
async function findClass(database: Database, session: SessionRow): Promise<ServiceClass | null> {
  const snapshot = await findSnapshot(session.policyVersion, database);
  return snapshot?.serviceClasses.find(({ id }) => id === session.serviceClassId) ?? null;
}

/** LTE's share of what the session's paths carried, both directions, in per cent; null before the first byte. */
function lteSharePercent({ subflows }: SessionRow): number | null {
  const bytesOf = (paths: SessionRow["subflows"]): number =>
    paths.reduce((sum, { uploadBytes, downloadBytes }) => sum + uploadBytes + downloadBytes, 0);
  const total = bytesOf(subflows);
  return total === 0 ? null : (100 * bytesOf(subflows.filter(({ access }) => access === "lte"))) / total;
}

/**
 * A session with what happened to its paths, and its bytes over time. Of its events the newest 1,000 are given.
 * Errors: AppError SESSION_UNKNOWN.
 */
export async function getSession(key: string, now = new Date()): Promise<SessionDetail> {
  const database = getDatabase();
  const row = await database.session.findUnique({ where: { id: BigInt(key) }, include: sessionRelations });
  if (row === null) throw new AppError("SESSION_UNKNOWN", "No session has this number. Look for it in the list.");
  const { id: pk, nodeId, epoch, startedAt, endedAt } = row;
  const process = await database.telemetryEpoch.findUnique({ where: { nodeId_epoch: { nodeId, epoch } } });
  const source = { pk, nodeId, epoch, startedAt, endedAt, reportedAt: process?.lastAt ?? startedAt };
  const session = asSessionRow(row);
  const [events, serviceClass, samples] = await Promise.all([
    readPathEvents(database, pk),
    findClass(database, session),
    readSessionSamples(database, source, now.getTime()),
  ]);
  return sessionDetailSchema.parse({
    ...session,
    events,
    samples,
    className: serviceClass?.name ?? session.serviceClassId,
    targetLteSharePercent: serviceClass?.steering === "lte-share" ? serviceClass.lteSharePercent : null,
    achievedLteSharePercent: lteSharePercent(session),
  });
}
