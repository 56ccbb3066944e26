import type { RuleHits, SessionReport, SubflowReport, TelemetryBatch } from "@/lib/contracts/telemetry";

/** What one batch, and one session in it, may hold (lib/contracts/telemetry.ts). */
const maxSessions = 5000;
const maxRuleHits = 5000;
const maxEvents = 500;
const maxPaths = 32;

const minuteOf = (batch: TelemetryBatch): number => Math.floor(Date.parse(batch.at) / 60_000);

/** The later figures of paths named twice; null where both together have more than a report holds. */
function mergePaths(before: readonly SubflowReport[], after: readonly SubflowReport[]): SubflowReport[] | null {
  const named = new Set(after.map(({ id }) => id));
  const merged = [...before.filter(({ id }) => !named.has(id)), ...after];
  return merged.length > maxPaths ? null : merged;
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

/**
 * One batch that tells what both tell, under the sequence of the first, so that what waits for the portal stays small:
 * counters are cumulative, the later ones count; events and hits are added.
 *
 * @returns null where they cannot be one: of two epochs, of two minutes (the ledger's unit), or more than a batch holds
 */
export function mergeBatches(before: TelemetryBatch, after: TelemetryBatch): TelemetryBatch | null {
  if (before.epoch !== after.epoch || minuteOf(before) !== minuteOf(after)) return null;
  const sessions = new Map(before.sessions.map((session) => [session.id, session]));
  for (const session of after.sessions) {
    const merged = mergeSession(sessions.get(session.id), session);
    if (merged === null) return null;
    sessions.set(session.id, merged);
  }
  const ruleHits = mergeRuleHits(before.ruleHits, after.ruleHits);
  if (sessions.size > maxSessions || ruleHits.length > maxRuleHits) return null;
  return { ...after, sequence: before.sequence, sessions: [...sessions.values()], ruleHits };
}
