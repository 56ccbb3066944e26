import {
  maxEarlierCounters,
  maxEarlierReports,
  type RuleHits,
  type SessionReport,
  type SubflowReport,
  type TelemetryBatch,
} from "@/lib/contracts/telemetry";

/** What one batch, and one session in it, may hold (lib/contracts/telemetry.ts). */
const maxSessions = 5000;
const maxRuleHits = 5000;
const maxEvents = 500;
const maxPaths = 32;

const minuteMs = 60_000;
const hourMs = 3_600_000;
const numberOf = (batch: TelemetryBatch, spanMs: number): number => Math.floor(Date.parse(batch.at) / spanMs);

/** The later figures of paths named twice; null where both together have more than a report holds. */
function mergePaths(before: readonly SubflowReport[], after: readonly SubflowReport[]): SubflowReport[] | null {
  const named = new Map(before.map((path) => [path.id, path]));
  for (const path of after) {
    const earlier = named.get(path.id)?.earlier;
    named.set(path.id, earlier === undefined ? path : { ...path, earlier });
  }
  return named.size > maxPaths ? null : [...named.values()];
}

function mergeSession(before: SessionReport | undefined, after: SessionReport): SessionReport | null {
  if (before === undefined) return after;
  const subflows = mergePaths(before.subflows, after.subflows);
  const events = [...before.events, ...after.events];
  return subflows === null || events.length > maxEvents ? null : { ...after, subflows, events };
}

function mergeRuleHits(before: readonly RuleHits[], after: readonly RuleHits[]): RuleHits[] {
  const merged = new Map<string, RuleHits>();
  for (const hit of [...before, ...after]) {
    const key = JSON.stringify([hit.whiteListId, hit.kind, hit.value]);
    merged.set(key, { ...hit, hits: hit.hits + (merged.get(key)?.hits ?? 0) });
  }
  return [...merged.values()];
}

function merge(before: TelemetryBatch, after: TelemetryBatch): Pick<TelemetryBatch, "sessions" | "ruleHits"> | null {
  const sessions = new Map(before.sessions.map((session) => [session.id, session]));
  for (const session of after.sessions) {
    const merged = mergeSession(sessions.get(session.id), session);
    if (merged === null) return null;
    sessions.set(session.id, merged);
  }
  const ruleHits = mergeRuleHits(before.ruleHits, after.ruleHits);
  if (sessions.size > maxSessions || ruleHits.length > maxRuleHits) return null;
  return { sessions: [...sessions.values()], ruleHits };
}

/**
 * One batch that tells what both tell, under the sequence of the first, so that what waits for the portal stays small:
 * counters are cumulative, the later ones count; events and hits are added.
 *
 * @returns null where they cannot be one: of two epochs, of two minutes (the ledger's unit), or more than a batch holds
 */
export function mergeBatches(before: TelemetryBatch, after: TelemetryBatch): TelemetryBatch | null {
  if (before.epoch !== after.epoch || numberOf(before, minuteMs) !== numberOf(after, minuteMs)) return null;
  const merged = merge(before, after);
  return merged === null ? null : { ...after, sequence: before.sequence, ...merged };
}

/** The path with its counters of now as those of an earlier report; the same path where they have not grown since the last. */
function withEarlier(path: SubflowReport, place: number): SubflowReport {
  const { earlier = [], uploadBytes, downloadBytes } = path;
  const last = earlier.at(-1);
  if (last !== undefined && last[1] === uploadBytes && last[2] === downloadBytes) return path;
  return { ...path, earlier: [...earlier, [place, uploadBytes, downloadBytes]] };
}

const countersOf = ({ sessions }: TelemetryBatch): number =>
  sessions.reduce(
    (sum, { subflows }) => sum + subflows.reduce((more, { earlier }) => more + (earlier?.length ?? 0), 0),
    0,
  );

/**
 * One batch of several minutes that takes in the one before it, under its own sequence: what waited is delivered at once,
 * with each session told once and its paths' counters of every minute.
 *
 * @returns null where they cannot be one: of two epochs, of two hours (UTC), or more than a batch holds
 */
export function gatherBatches(before: TelemetryBatch, after: TelemetryBatch): TelemetryBatch | null {
  const place = before.earlier.length;
  if (before.epoch !== after.epoch || numberOf(before, hourMs) !== numberOf(after, hourMs)) return null;
  if (after.earlier.length > 0 || place === maxEarlierReports) return null;
  const sessions = before.sessions.map((session) => ({
    ...session,
    subflows: session.subflows.map((path) => withEarlier(path, place)),
  }));
  const merged = merge({ ...before, sessions }, after);
  if (merged === null) return null;
  const gathered = { ...after, ...merged, earlier: [...before.earlier, { at: before.at, totals: before.totals }] };
  return countersOf(gathered) > maxEarlierCounters ? null : gathered;
}
