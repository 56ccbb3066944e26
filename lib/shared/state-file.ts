import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorMessage } from "./errors";
import type { Log } from "./log";

const saveDelayMs = 500;

/**
 * A JSON file that holds a part's state across restarts: written soon after a change, whole or not at all, readable by
 * its owner only.
 */
export class StateFile {
  private saving: NodeJS.Timeout | null = null;
  private saved: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly path: string,
    private readonly state: () => unknown,
    private readonly log: Log,
  ) {}

  /** Several changes within half a second become one writing. */
  saveSoon(): void {
    if (this.saving !== null || this.isStopped) return;
    this.saving = setTimeout(() => void this.save(), saveDelayMs);
    this.saving.unref();
  }

  /** Write now; resolves when the file has what the state was at the call or later. A failure is logged. */
  save(): Promise<void> {
    if (this.saving !== null) clearTimeout(this.saving);
    this.saving = null;
    if (this.isStopped) return this.saved;
    this.saved = this.saved.then(() => this.write());
    return this.saved;
  }

  /** Write no more: the file is another process's from here on. */
  stop(): void {
    if (this.saving !== null) clearTimeout(this.saving);
    this.isStopped = true;
  }

  private async write(): Promise<void> {
    const { path, log } = this;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(this.state()), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      log.warn({ path, reason: errorMessage(error) }, "state not kept on disk");
    }
  }
}
