import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Access } from "@/lib/contracts/access";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { StateFile } from "@/lib/shared/state-file";
import type { LinkTraffic } from "./traffic";

const bytesSchema = z.object({ lte: z.int().min(0), wifi: z.int().min(0), other: z.int().min(0) });
const keptSchema = z.object({ deviceId: z.string(), day: z.string(), bytes: bytesSchema });

/** What went over each access since midnight of this device's clock, both directions; `day` is its date. */
export type DayUse = { day: string; bytes: Record<Access, number> };

/** Kept on disk no more often than this while traffic runs, and at the end. */
const keepEveryMs = 30_000;
const nothing = (): Record<Access, number> => ({ lte: 0, wifi: 0, other: 0 });

function dayOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

type DailyUseOptions = {
  deviceId: string;
  /** Where it is kept across restarts; absent: nowhere. */
  stateFolder?: string;
  log: Log;
  now?: () => Date;
};

/** Today's bytes of this device by access, from the links' counters; a new day begins with nothing. */
export class DailyUse {
  #use: DayUse;
  #seen: number[] = [];
  #keptMs = Number.NEGATIVE_INFINITY;
  readonly #file: StateFile | null;
  readonly #now: () => Date;

  constructor(private readonly options: DailyUseOptions) {
    const { stateFolder, log, now = () => new Date() } = options;
    this.#now = now;
    this.#use = { day: dayOf(now()), bytes: nothing() };
    const path = stateFolder === undefined ? null : join(stateFolder, "agent-use.json");
    if (path !== null) this.#load(path);
    this.#file = path === null ? null : new StateFile(path, () => ({ deviceId: options.deviceId, ...this.#use }), log);
  }

  /** The links' counters as they are now; they grow from 0 at the agent's start. */
  note(links: readonly Pick<LinkTraffic, "access" | "uploadBytes" | "downloadBytes">[]): void {
    const at = this.#now();
    this.#turnDay(at);
    for (const [index, { access, uploadBytes, downloadBytes }] of links.entries()) {
      const total = uploadBytes + downloadBytes;
      this.#use.bytes[access] += Math.max(0, total - (this.#seen[index] ?? 0));
      this.#seen[index] = total;
    }
    const nowMs = performance.now();
    if (nowMs - this.#keptMs < keepEveryMs) return;
    this.#keptMs = nowMs;
    this.#file?.saveSoon();
  }

  today(): DayUse {
    this.#turnDay(this.#now());
    return { day: this.#use.day, bytes: { ...this.#use.bytes } };
  }

  async stop(): Promise<void> {
    await this.#file?.save();
  }

  #turnDay(at: Date): void {
    const day = dayOf(at);
    if (day !== this.#use.day) this.#use = { day, bytes: nothing() };
  }

  #load(path: string): void {
    try {
      const { deviceId, day, bytes } = keptSchema.parse(JSON.parse(readFileSync(path, "utf8")));
      if (deviceId === this.options.deviceId && day === this.#use.day) this.#use = { day, bytes };
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "no kept use of today");
    }
  }
}
