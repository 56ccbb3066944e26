import { getDatabase } from "@/lib/db/client";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { isLeadingPortal } from "./leadership";
import { processSingleton } from "./process-singleton";
import { keepUsageLedger } from "./roll-up-usage";
import { firstSessionDay } from "./usage-retention";

const dayMs = 24 * 3_600_000;
/** How long bytes by second are kept. */
export const sampleKeptMs = dayMs;
/** How long bytes by minute are kept, of nodes, classes and white-lists: the history compares a month with the week before. */
const minutesKeptMs = 40 * dayMs;
/** How long a rule's hits are kept after its last one: a rule that nobody has used for so long counts anew. */
const ruleHitsKeptMs = 400 * dayMs;

const lookEveryMs = 60_000;
/** So few rows at a time that reports never wait for it. */
const chunkRows = 20_000;
/** A session's paths and their events go with it. */
const chunkSessions = 2000;

/** Remove a chunk of samples that are too old. @returns how many */
async function removeChunk(before: Date): Promise<number> {
  return getDatabase().$executeRaw`
    DELETE FROM session_samples WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM session_samples WHERE to_at < ${before} LIMIT ${chunkRows} FOR UPDATE SKIP LOCKED))`;
}

/** Remove a chunk of sessions that ended before. @returns how many */
async function removeSessions(before: Date): Promise<number> {
  return getDatabase().$executeRaw`
    DELETE FROM sessions WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM sessions WHERE started_at < ${before} AND ended_at < ${before}
      LIMIT ${chunkSessions} FOR UPDATE SKIP LOCKED))`;
}

/**
 * Remove what is too old of sessions, their samples and the gaps between them, of bytes by minute and of rules' hits.
 * Errors: AppError ENV_BAD_VALUE.
 */
export async function removeOldSamples(now = new Date()): Promise<void> {
  const { usageMinute, classMinute, whiteListMinute, ruleHits } = getDatabase();
  const before = (keptMs: number): Date => new Date(now.getTime() - keptMs);
  while ((await removeChunk(before(sampleKeptMs))) === chunkRows);
  await getDatabase().$executeRaw`DELETE FROM report_gaps WHERE to_at < ${before(sampleKeptMs)}`;
  const firstDay = firstSessionDay(now);
  while ((await removeSessions(firstDay)) === chunkSessions);
  const firstMinute = before(minutesKeptMs);
  const oldMinutes = { where: { minute: { lt: firstMinute } } };
  // As long as sessions: `twinpath reconcile` compares both.
  await usageMinute.deleteMany({ where: { minute: { lt: firstDay < firstMinute ? firstDay : firstMinute } } });
  await classMinute.deleteMany(oldMinutes);
  await whiteListMinute.deleteMany(oldMinutes);
  await ruleHits.deleteMany({ where: { lastAt: { lt: before(ruleHitsKeptMs) } } });
}

/** Removes what nodes told long ago, and keeps the usage ledger. Every portal process has one; the leading one's works. */
export class SampleKeeper {
  private readonly log = createLog("sample-keeper");
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;

  constructor() {
    this.timer = setInterval(() => this.look(), lookEveryMs).unref();
    this.look();
  }

  /** Stop after the removal that is on. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private look(): void {
    if (this.running !== null) return;
    this.running = this.work().finally(() => {
      this.running = null;
    });
  }

  private async work(): Promise<void> {
    if (!(await isLeadingPortal())) return;
    const tell = (what: string) => (error: unknown) => this.log.warn({ reason: errorMessage(error) }, what);
    await removeOldSamples().catch(tell("cannot remove what is too old"));
    await keepUsageLedger().catch(tell("cannot keep the usage ledger; tried again in a minute"));
  }
}

/** The process's keeper; it works from the first call on. */
export function sampleKeeper(): SampleKeeper {
  return processSingleton("sample-keeper", () => new SampleKeeper());
}
