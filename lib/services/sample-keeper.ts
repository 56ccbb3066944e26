import { getDatabase } from "@/lib/db/client";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { isLeadingPortal } from "./leadership";
import { processSingleton } from "./process-singleton";
import { keepUsageLedger } from "./roll-up-usage";

const dayMs = 24 * 3_600_000;
/** How long bytes by second are kept. */
export const sampleKeptMs = dayMs;
/** How long a class's bytes by minute are kept: pages ask for the last hour, people for the last month. */
const policyMinuteKeptMs = 35 * dayMs;
/** How long a rule's hits are kept after its last one: a rule that nobody has used for so long counts anew. */
const ruleHitsKeptMs = 400 * dayMs;

const lookEveryMs = 60_000;
/** So few rows at a time that reports never wait for it. */
const chunkRows = 20_000;

/** Remove a chunk of samples that are too old. @returns how many */
async function removeChunk(before: Date): Promise<number> {
  return getDatabase().$executeRaw`
    DELETE FROM session_samples WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM session_samples WHERE to_at < ${before} LIMIT ${chunkRows} FOR UPDATE SKIP LOCKED))`;
}

/** Remove what is too old of session samples and the gaps between them, of classes' and white-lists' minutes and of rules' hits. */
export async function removeOldSamples(now = new Date()): Promise<void> {
  const { classMinute, whiteListMinute, ruleHits } = getDatabase();
  const before = (keptMs: number): Date => new Date(now.getTime() - keptMs);
  while ((await removeChunk(before(sampleKeptMs))) === chunkRows);
  await getDatabase().$executeRaw`DELETE FROM report_gaps WHERE to_at < ${before(sampleKeptMs)}`;
  const oldMinutes = { where: { minute: { lt: before(policyMinuteKeptMs) } } };
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
