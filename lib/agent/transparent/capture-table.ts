import { AppError, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { type CaptureState, captureScript, type LearnedAddress, learnScript } from "./capture-script";
import { runNft } from "./nft";
import { ownTableName, sortAgentTables } from "./table-name";
import { startWatchdog } from "./watchdog";

/** What the table is made of besides what this class keeps itself. */
export type CaptureParts = Omit<CaptureState, "table" | "learned">;

const checkEveryMs = 10_000;
/** Given beyond what was asked for, so that an answer with a short time to live need not be learned each time. */
const slackSeconds = 30;

/**
 * The agent's own nftables table in this network namespace. Changes are transactions, one after the other. A table
 * that a reload of the device's firewall took away is made again.
 */
export class CaptureTable {
  private readonly name = ownTableName();
  /** Address to the time (of `performance.now()`) at which the kernel forgets it. */
  private readonly expiries = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();
  private batch: { learned: Map<string, number>; done: Promise<void> } | null = null;
  private isClosed = false;
  private readonly timer: NodeJS.Timeout;
  private readonly endWatchdog: () => void;

  private constructor(
    private parts: CaptureParts,
    private readonly log: Log,
  ) {
    this.endWatchdog = startWatchdog(`delete table inet ${this.name}`);
    this.timer = setInterval(() => void this.check(), checkEveryMs).unref();
  }

  /**
   * Make the table; what an agent that was killed left behind goes first.
   *
   * Errors: AppError AGENT_CAPTURE_TAKEN where another agent captures here; NFT_MISSING, NFT_REFUSED.
   */
  static async open(parts: CaptureParts, log: Log): Promise<CaptureTable> {
    const { stale, livePid } = sortAgentTables(await runNft({ args: ["list", "tables"] }));
    if (livePid !== null)
      throw new AppError(
        "AGENT_CAPTURE_TAKEN",
        `Another agent (process ${livePid}) already captures on this device: stop it, or start without --transparent.`,
      );
    for (const table of stale) await runNft({ args: ["delete", "table", "inet", table] }).catch(() => {});
    if (stale.length > 0) log.info({ stale }, "redirects of an agent that was killed were removed");
    const table = new CaptureTable(parts, log);
    try {
      await table.replace(() => ({ parts, learned: [] }));
      return table;
    } catch (error) {
      await table.close();
      throw error;
    }
  }

  /**
   * Replace the whole table in one transaction, by what is true when its turn comes.
   *
   * Errors: AppError NFT_REFUSED; then the one before is in force.
   */
  replace(current: () => { parts: CaptureParts; learned: readonly LearnedAddress[] }): Promise<void> {
    return this.inTurn(async () => {
      const { parts, learned } = current();
      await runNft({ script: captureScript({ ...parts, table: this.name, learned }) });
      this.parts = parts;
      this.expiries.clear();
      this.remember(learned);
    });
  }

  /**
   * Resolves once connections to these addresses are captured for at least that long. Addresses asked for while
   * another change runs go together in one.
   */
  learn(learned: readonly LearnedAddress[]): Promise<void> {
    const nowMs = performance.now();
    const isLongEnough = ({ address, timeoutSeconds }: LearnedAddress): boolean =>
      (this.expiries.get(address) ?? 0) >= nowMs + timeoutSeconds * 1000;
    const wanted = learned.filter((entry) => !isLongEnough(entry));
    if (wanted.length === 0) return Promise.resolve();
    this.batch ??= this.startBatch();
    for (const { address, timeoutSeconds } of wanted) this.batch.learned.set(address, timeoutSeconds + slackSeconds);
    return this.batch.done;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.inTurn(async () => {
      this.isClosed = true;
      await runNft({ args: ["delete", "table", "inet", this.name] });
    }).catch(() => {});
    this.endWatchdog();
  }

  private startBatch(): { learned: Map<string, number>; done: Promise<void> } {
    const learned = new Map<string, number>();
    const done = this.inTurn(async () => {
      this.batch = null;
      const entries = [...learned].map(([address, timeoutSeconds]) => ({ address, timeoutSeconds }));
      await runNft({ script: learnScript(this.name, entries) }).catch(() => this.makeAgain(entries));
      this.remember(entries);
    });
    return { learned, done };
  }

  private remember(learned: readonly LearnedAddress[]): void {
    const nowMs = performance.now();
    for (const [address, expiresMs] of this.expiries) if (expiresMs < nowMs) this.expiries.delete(address);
    for (const { address, timeoutSeconds } of learned) this.expiries.set(address, nowMs + timeoutSeconds * 1000);
  }

  private async makeAgain(more: readonly LearnedAddress[]): Promise<void> {
    const nowMs = performance.now();
    const known = new Map(more.map((entry) => [entry.address, entry]));
    for (const [address, expiresMs] of this.expiries)
      if (expiresMs > nowMs + 1000 && !known.has(address))
        known.set(address, { address, timeoutSeconds: Math.ceil((expiresMs - nowMs) / 1000) });
    const learned = [...known.values()];
    await runNft({ script: captureScript({ ...this.parts, table: this.name, learned }) });
    this.log.warn("the redirects were gone (the firewall was reloaded?) and were made again");
  }

  private async check(): Promise<void> {
    await this.inTurn(() =>
      runNft({ args: ["-t", "list", "table", "inet", this.name] }).catch(() => this.makeAgain([])),
    ).catch((error: unknown) => this.log.error({ reason: errorMessage(error) }, "no traffic is captured"));
  }

  private inTurn(work: () => Promise<unknown>): Promise<void> {
    const run = this.last.then(async () => {
      if (!this.isClosed) await work();
    });
    this.last = run.catch(() => {});
    return run;
  }
}
