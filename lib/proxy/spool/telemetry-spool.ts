import { dirname, join } from "node:path";
import { type TelemetryBatch, telemetryBatchSchema } from "@/lib/contracts/telemetry";
import { errorMessage } from "@/lib/shared/errors";
import { newShortId } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";
import { batchText } from "../batch-text";
import { gatherBatches, mergeBatches } from "./merge-batches";
import { type SpoolFiles, spoolFiles } from "./spool-files";
import { decodeRecords, encodeRecord } from "./spool-records";

const defaultMaxBytes = 256 * 1024 * 1024;
/** Batches kept in memory while the disk takes none; beyond this the oldest are dropped and counted. */
const maxInMemory = 20;
/** A file of many parts is written anew as one once it is twice as long and so much longer. */
const slackBytes = 4 * 1024 * 1024;
/** A machine that loses its power loses so much of what waits; a process that is killed loses nothing. */
const syncEveryMs = 5000;
const keptRefusals = 100;
const noRoom = "no room for telemetry: the oldest batch is dropped";

type Entry = {
  path: string;
  sizeBytes: number;
  /** Its size when it was last written as one. */
  wholeBytes: number;
  /** Null where it is on the disk alone. */
  batch: TelemetryBatch | null;
  isOnDisk: boolean;
  /** What comes is put into another one: it was handed out, or left by another process. */
  isFrozen: boolean;
  /** The portal may have it: it changes no more. */
  isHandedOut: boolean;
};

export type SpoolOptions = {
  /** Of the node: each of its processes has a folder of its own in it. */
  folder: string;
  log: Log;
  maxBytes?: number;
  files?: SpoolFiles;
};

/**
 * Telemetry that waits for the portal, in the order in which it was told: on the disk, so that a process that is killed
 * loses nothing of it, and its successor delivers it under the old epoch. A batch that nobody has tried to deliver takes
 * in what comes after it within its minute; those that wait when one is handed out go with it, an hour's at the most.
 * Where the disk takes nothing, the newest batches stay in memory.
 */
export class TelemetrySpool {
  private readonly entries: Entry[] = [];
  private readonly own: string;
  private readonly files: SpoolFiles;
  private order = 0;
  private syncedAtMs = 0;
  private isDiskFine = true;
  private isClaimed = false;
  /** What was handed out last: what it has taken in goes, where a crash left it. */
  private lastOut: Pick<TelemetryBatch, "epoch" | "sequence"> | null = null;
  /** One change at a time: batches come while others are delivered. */
  private working: Promise<unknown> = Promise.resolve();
  /** Batches that were given up for want of room. */
  droppedBatches = 0;

  private constructor(private readonly options: SpoolOptions) {
    this.own = join(options.folder, newShortId());
    this.files = options.files ?? spoolFiles;
  }

  /** With what processes left that are gone, oldest first. */
  static async open(options: SpoolOptions): Promise<TelemetrySpool> {
    const spool = new TelemetrySpool(options);
    await spool.adopt();
    return spool;
  }

  /** Take what processes left that are gone by now, behind what waits. */
  adopt(): Promise<void> {
    return this.alone(() => this.takeLeft());
  }

  get count(): number {
    return this.entries.length;
  }

  get sizeBytes(): number {
    return this.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /**
   * Put a batch at the end. Never fails: what the disk does not take stays in memory.
   * @returns whether it is one of its own; otherwise the last one took it in, and its sequence is free
   */
  add(batch: TelemetryBatch): Promise<boolean> {
    return this.alone(() => this.put(batch));
  }

  /** The batch that is next, the same until `remove` or `setAside`; null where none waits. */
  next(): Promise<TelemetryBatch | null> {
    return this.alone(() => this.first());
  }

  /** The batch that was next is delivered. */
  remove(): Promise<void> {
    return this.alone(() => this.removeFirst());
  }

  /** Keep the batch that was next in a file of its own, where it is in nobody's way. @returns the file; null: no room */
  setAside(reason: string): Promise<string | null> {
    return this.alone(() => this.refuseFirst(reason));
  }

  /** Leave what is not delivered to the process that comes next. */
  close(): Promise<void> {
    return this.alone(async () => {
      if (this.entries.length > 0) return;
      this.isClaimed = false;
      await this.tidy(() => this.files.removeFolder(this.own));
    });
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.working.then(work);
    this.working = done.catch(() => {});
    return done;
  }

  private async put(batch: TelemetryBatch): Promise<boolean> {
    const tail = this.entries.at(-1);
    const merged = tail === undefined || tail.isFrozen || tail.batch === null ? null : mergeBatches(tail.batch, batch);
    if (tail !== undefined && merged !== null) {
      tail.batch = merged;
      await this.write(tail, batch);
    } else {
      this.order += 1;
      const path = this.files.pathOf(this.own, this.order);
      const isNew = { isOnDisk: false, isFrozen: false, isHandedOut: false };
      const entry: Entry = { path, sizeBytes: 0, wholeBytes: 0, batch, ...isNew };
      this.entries.push(entry);
      await this.write(entry, batch);
    }
    await this.keepBounds();
    return merged === null;
  }

  private async first(): Promise<TelemetryBatch | null> {
    for (let head = this.entries[0]; head !== undefined; head = this.entries[0]) {
      head.batch ??= await this.read(head);
      if (head.batch === null) await this.drop(head, "what a crash left of a batch of telemetry is dropped");
      else if (!head.isHandedOut && this.isTakenIn(head.batch)) await this.removeFirst();
      else return this.handOut(head, head.batch);
    }
    return null;
  }

  private isTakenIn({ epoch, sequence }: TelemetryBatch): boolean {
    return this.lastOut !== null && this.lastOut.epoch === epoch && sequence <= this.lastOut.sequence;
  }

  private async handOut(head: Entry, batch: TelemetryBatch): Promise<TelemetryBatch> {
    const out = head.isHandedOut ? batch : await this.gather(head, batch);
    head.isFrozen = true;
    head.isHandedOut = true;
    this.lastOut = { epoch: out.epoch, sequence: out.sequence };
    return out;
  }

  /**
   * Have the first batch take in those behind it that go into one with it. It is on the disk before they go, so that a crash
   * in between leaves it first.
   */
  private async gather(head: Entry, first: TelemetryBatch): Promise<TelemetryBatch> {
    let gathered = first;
    let count = 1;
    for (; count < this.entries.length; count += 1) {
      const next = await this.peek(count);
      const more = next === null ? null : gatherBatches(gathered, next);
      if (more === null) break;
      gathered = more;
    }
    if (count === 1) return first;
    await this.rewrite(head, gathered);
    if (!head.isOnDisk) return first;
    head.batch = gathered;
    for (const entry of this.entries.splice(1, count - 1)) await this.forget(entry);
    return gathered;
  }

  private async peek(place: number): Promise<TelemetryBatch | null> {
    const entry = this.entries[place];
    return entry === undefined ? null : (entry.batch ?? this.read(entry));
  }

  private async removeFirst(): Promise<void> {
    const head = this.entries.shift();
    if (head !== undefined) await this.forget(head);
  }

  private async refuseFirst(reason: string): Promise<string | null> {
    const batch = await this.first();
    if (batch === null) return null;
    const folder = join(this.options.folder, "refused");
    const path = join(folder, `${batch.at.replaceAll(":", "")}-${batch.epoch}-${batch.sequence}.json`);
    const isKept = await this.try(async () => {
      await this.files.replace(path, Buffer.from(JSON.stringify({ reason, batch })));
      await this.files.keepNewest(folder, keptRefusals);
    });
    await this.removeFirst();
    return isKept ? path : null;
  }

  private async takeLeft(): Promise<void> {
    const before = this.entries.length;
    const own = new Set([this.own, ...this.entries.map(({ path }) => dirname(path))]);
    for (const folder of await this.files.findLeft(this.options.folder)) {
      if (own.has(folder)) continue;
      const found = await this.files.list(folder);
      if (found.length === 0) await this.tidy(() => this.files.removeFolder(folder));
      else await this.tidy(() => this.files.claim(folder));
      const isLeft = { wholeBytes: 0, batch: null, isOnDisk: true, isFrozen: true };
      for (const [place, file] of found.entries()) this.entries.push({ ...file, ...isLeft, isHandedOut: place === 0 });
    }
    if (this.entries.length === before) return;
    const waiting = { batches: this.entries.length, bytes: this.sizeBytes };
    this.options.log.info(waiting, "telemetry of a process before waits");
  }

  /** Write what came to an entry: at its end, or all of it anew where its file is not whole or has grown long. */
  private async write(entry: Entry, news: TelemetryBatch): Promise<void> {
    if (entry.batch === null) return;
    const record = encodeRecord(batchText(news));
    const isSynced = this.entries.length > 1 && Date.now() - this.syncedAtMs > syncEveryMs;
    if (isSynced) this.syncedAtMs = Date.now();
    const isShort = entry.sizeBytes + record.length < 2 * entry.wholeBytes + slackBytes;
    const isAppended =
      (news === entry.batch || (entry.isOnDisk && isShort)) &&
      (await this.try(() => this.files.append(entry.path, record, isSynced)));
    if (isAppended) {
      entry.isOnDisk = true;
      entry.sizeBytes += record.length;
    } else await this.rewrite(entry, entry.batch);
    if (this.isDiskFine) await this.writeLeft();
  }

  private async rewrite(entry: Entry, batch: TelemetryBatch): Promise<void> {
    const bytes = encodeRecord(batchText(batch));
    entry.isOnDisk = await this.try(() => this.files.replace(entry.path, bytes));
    if (!entry.isOnDisk) return;
    entry.sizeBytes = bytes.length;
    entry.wholeBytes = bytes.length;
  }

  /** Those that the disk did not take; and what is on it need not be in memory, but the first and the last. */
  private async writeLeft(): Promise<void> {
    for (const entry of this.entries.slice(0, -1)) {
      if (!entry.isOnDisk && entry.batch !== null) await this.rewrite(entry, entry.batch);
      if (!this.isDiskFine) return;
      if (entry.isOnDisk && entry !== this.entries[0]) entry.batch = null;
    }
  }

  private async read(entry: Entry): Promise<TelemetryBatch | null> {
    let batch: TelemetryBatch | null = null;
    try {
      const { payloads, isWhole } = decodeRecords(await this.files.read(entry.path));
      if (!isWhole) this.options.log.warn({ path: entry.path }, "the end of a spooled batch was not written");
      for (const payload of payloads) {
        const part = telemetryBatchSchema.parse(JSON.parse(payload));
        batch = batch === null ? part : (mergeBatches(batch, part) ?? part);
      }
    } catch (error) {
      this.options.log.error({ path: entry.path, reason: errorMessage(error) }, "a spooled batch cannot be read");
    }
    return batch;
  }

  /** The first may be on its way, so that the second is the oldest to go. */
  private async keepBounds(): Promise<void> {
    const { maxBytes = defaultMaxBytes } = this.options;
    while (this.entries.length > 2 && this.sizeBytes > maxBytes) await this.drop(this.entries[1], noRoom);
    for (let inMemory = this.inMemory(); inMemory.length > maxInMemory; inMemory = this.inMemory())
      await this.drop(inMemory[0], noRoom);
  }

  private inMemory(): Entry[] {
    return this.entries.slice(1).filter(({ isOnDisk }) => !isOnDisk);
  }

  private async drop(entry: Entry | undefined, why: string): Promise<void> {
    if (entry === undefined) return;
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.droppedBatches += 1;
    this.options.log.error({ path: entry.path, dropped: this.droppedBatches }, why);
    await this.forget(entry);
  }

  private async forget({ path }: Entry): Promise<void> {
    await this.tidy(() => this.files.remove(path));
    const folder = dirname(path);
    const isLast = folder !== this.own && this.entries.every((entry) => dirname(entry.path) !== folder);
    if (isLast) await this.tidy(() => this.files.removeFolder(folder));
  }

  /** What stays on the disk is delivered again by the next process, and changes nothing then. */
  private async tidy(work: () => Promise<void>): Promise<void> {
    const { folder, log } = this.options;
    await work().catch((error: unknown) => log.warn({ folder, reason: errorMessage(error) }, "spool not tidied"));
  }

  /** Whether the disk took it; the first failure and the end of them are logged. */
  private async try(work: () => Promise<void>): Promise<boolean> {
    const { log, folder } = this.options;
    try {
      if (!this.isClaimed) await this.files.claim(this.own);
      this.isClaimed = true;
      await work();
      if (!this.isDiskFine) log.info({ folder }, "telemetry is kept on disk again");
      this.isDiskFine = true;
    } catch (error) {
      if (this.isDiskFine)
        log.error({ folder, reason: errorMessage(error) }, "telemetry is not kept on disk: make room");
      this.isDiskFine = false;
    }
    return this.isDiskFine;
  }
}
