import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SessionReport, type TelemetryBatch, telemetryBatchSchema } from "@/lib/contracts/telemetry";
import { gatherBatches, mergeBatches } from "@/lib/proxy/spool/merge-batches";
import { type SpoolFiles, spoolFiles } from "@/lib/proxy/spool/spool-files";
import { decodeRecords, encodeRecord } from "@/lib/proxy/spool/spool-records";
import { TelemetrySpool } from "@/lib/proxy/spool/telemetry-spool";
import { collectedLog } from "../../factories/collected-log";
import { sessionReport, telemetryBatch } from "../../factories/telemetry";

const minute = (n: number, second = 0): Date => new Date(Date.UTC(2026, 0, 1, 0, n, second));
/** Batches of two hours never become one. */
const hour = (n: number): Date => minute(60 * n);

let folder: string;
let logged: ReturnType<typeof collectedLog>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "twinpath-spool-"));
  logged = collectedLog();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (changes: { maxBytes?: number; files?: SpoolFiles } = {}): Promise<TelemetrySpool> =>
  TelemetrySpool.open({ folder, log: logged.log, ...changes });

const batch = (sequence: number, at: Date, ...sessions: SessionReport[]): TelemetryBatch =>
  telemetryBatch({ sequence, at, sessions });

async function drain(spool: TelemetrySpool): Promise<TelemetryBatch[]> {
  const all: TelemetryBatch[] = [];
  for (let next = await spool.next(); next !== null; next = await spool.next()) {
    all.push(next);
    await spool.remove();
  }
  return all;
}

/** Every batch file, of whatever process, oldest first. */
async function batchFiles(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(".batch"))
    .sort()
    .map((name) => join(folder, name));
}

describe("records of the spool", () => {
  it("come back as they were written, and what is torn or damaged ends them", () => {
    const texts = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), (payloads, place, flip) => {
        const bytes = Buffer.concat(payloads.map(encodeRecord));
        expect(decodeRecords(bytes)).toEqual({ payloads, isWhole: true });
        const torn = decodeRecords(bytes.subarray(0, place % (bytes.length + 1)));
        expect(torn.payloads).toEqual(payloads.slice(0, torn.payloads.length));
        if (bytes.length === 0) return;
        const at = place % bytes.length;
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const read = decodeRecords(damaged);
        expect(read.isWhole).toBe(false);
        expect(read.payloads).toEqual(payloads.slice(0, read.payloads.length));
      }),
    );
  });
});

describe("batches of one minute", () => {
  it("become one with the later figures, and all events and hits", () => {
    const event = { at: minute(1).toISOString(), subflowId: 1, access: "lte" as const, cause: "x" };
    const joined = { ...event, kind: "joined" as const, actor: "kernel" as const };
    const hit = {
      whiteListId: "w",
      kind: "host" as const,
      value: "a.example",
      hits: 2,
      lastAt: minute(1).toISOString(),
    };
    const [lte, wifi] = sessionReport("a").subflows;
    if (lte === undefined || wifi === undefined) throw new Error("two paths");
    const first = telemetryBatch({
      sequence: 4,
      at: minute(1),
      sessions: [sessionReport("a", { events: [joined] }), sessionReport("b")],
      ruleHits: [hit],
    });
    const second = telemetryBatch({
      sequence: 5,
      at: minute(1, 59),
      sessions: [sessionReport("a", { downloadBytes: 9, subflows: [{ ...wifi, downloadBytes: 9 }], events: [joined] })],
      ruleHits: [hit],
    });
    const merged = mergeBatches(first, second);
    expect(merged).toMatchObject({ sequence: 4, at: minute(1, 59).toISOString(), ruleHits: [{ ...hit, hits: 4 }] });
    expect(merged?.sessions.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(merged?.sessions[0]).toMatchObject({
      downloadBytes: 9,
      events: [joined, joined],
      subflows: [lte, { ...wifi, downloadBytes: 9 }],
    });
  });

  it("stay apart across minutes and epochs, and where one report would not hold them", () => {
    const first = batch(1, minute(1));
    expect(mergeBatches(first, batch(2, minute(2)))).toBeNull();
    expect(mergeBatches(first, { ...batch(2, minute(1)), epoch: "epoch-two" })).toBeNull();
    const many = (from: number) => Array.from({ length: 3000 }, (_, n) => sessionReport(`s${from + n}`));
    expect(mergeBatches(batch(1, minute(1), ...many(0)), batch(2, minute(1), ...many(3000)))).toBeNull();
  });
});

/** The session with these counters of its LTE path, and its WiFi path at rest. */
function grown(id: string, lteDown: number, changes: Partial<SessionReport> = {}): SessionReport {
  const report = sessionReport(id, changes);
  const [lte, wifi] = report.subflows;
  if (lte === undefined || wifi === undefined) throw new Error("two paths");
  return { ...report, subflows: [{ ...lte, downloadBytes: lteDown }, wifi] };
}

const gathered = (...[first, ...others]: TelemetryBatch[]): TelemetryBatch | null =>
  others.reduce<TelemetryBatch | null>(
    (before, after) => (before === null ? null : gatherBatches(before, after)),
    first ?? null,
  );

describe("batches of one hour that wait", () => {
  it("become one of the last, with each path's counters of every minute in which they grew", () => {
    const all = [
      batch(1, minute(1), grown("a", 100), grown("b", 7)),
      batch(2, minute(2), grown("a", 150)),
      batch(3, minute(3), grown("c", 1)),
      batch(4, minute(4), grown("a", 170)),
    ];
    const one = gathered(...all);
    expect(one).toMatchObject({ sequence: 4, at: minute(4).toISOString() });
    expect(one?.earlier.map(({ at }) => at)).toEqual([minute(1), minute(2), minute(3)].map((at) => at.toISOString()));
    expect(one?.sessions.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    const lte = (place: number) => one?.sessions[place]?.subflows[0];
    expect(lte(0)).toMatchObject({ downloadBytes: 170 });
    expect(lte(0)?.earlier?.map(([place, , down]) => [place, down])).toEqual([
      [0, 100],
      [1, 150],
    ]);
    expect(lte(1)?.earlier?.map(([place, , down]) => [place, down])).toEqual([[0, 7]]);
    expect(lte(2)?.earlier?.map(([place, , down]) => [place, down])).toEqual([[2, 1]]);
    expect(one?.sessions[0]?.subflows[1]?.earlier).toHaveLength(1);
    expect(telemetryBatchSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
    expect(telemetryBatchSchema.safeParse({ ...one, earlier: one?.earlier.slice(1) }).success).toBe(false);
    expect(telemetryBatchSchema.safeParse({ ...one, at: hour(1).toISOString() }).success).toBe(false);
  });

  it("stay apart across hours and epochs, and where one report would not hold them", () => {
    const first = batch(1, minute(1));
    expect(gathered(first, batch(2, minute(60)))).toBeNull();
    expect(gathered(first, { ...batch(2, minute(2)), epoch: "epoch-two" })).toBeNull();
    const many = Array.from({ length: 62 }, (_, n) => batch(n + 1, minute(1, n % 60)));
    expect(gathered(...many.slice(0, 61))?.earlier).toHaveLength(60);
    expect(gathered(...many)).toBeNull();
    const busy = (n: number) =>
      batch(n, minute(n), ...Array.from({ length: 5000 }, (_, place) => grown(`s${place}`, n * 1000)));
    // 10,000 counters at first, then one of each session that grew.
    const reports = Array.from({ length: 11 }, (_, n) => busy(n + 1));
    expect(gathered(...reports.slice(0, 9))).not.toBeNull();
    expect(gathered(...reports)).toBeNull();
  });
});

describe("the spool", () => {
  it("hands batches out in order, and takes news into the last until it was handed out", async () => {
    const spool = await open();
    expect(await spool.add(batch(1, minute(1), sessionReport("a")))).toBe(true);
    expect(await spool.next()).toMatchObject({ sequence: 1 });
    expect(await spool.add(batch(2, minute(1, 2), sessionReport("b")))).toBe(true);
    expect(await spool.add(batch(3, minute(1, 3), sessionReport("c")))).toBe(false);
    expect(await spool.add(batch(3, hour(2), sessionReport("d")))).toBe(true);
    const all = await drain(spool);
    expect(all.map(({ sequence, sessions }) => [sequence, ...sessions.map(({ id }) => id)])).toEqual([
      [1, "a"],
      [2, "b", "c"],
      [3, "d"],
    ]);
    await spool.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it("has all of it again in the process that comes after a kill", async () => {
    const killed = await open();
    await killed.add(batch(1, minute(1), sessionReport("a")));
    await killed.next();
    await killed.add(batch(2, minute(1, 2), sessionReport("b")));
    await killed.add(batch(3, minute(1, 3), sessionReport("c")));
    for (let n = 3; n < 8; n += 1) await killed.add(batch(n, hour(n)));
    const next = await open();
    await next.add({ ...batch(1, minute(9)), epoch: "epoch-two" });
    const all = await drain(next);
    expect(all.map(({ epoch, sequence }) => `${epoch} ${sequence}`)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7].map((n) => `epoch-one ${n}`),
      "epoch-two 1",
    ]);
    expect(all[1]?.sessions.map(({ id }) => id)).toEqual(["b", "c"]);
    await next.close();
    expect(await batchFiles()).toEqual([]);
  });

  it("hands out what waits of an hour as one batch, which the process after a kill has as well", async () => {
    const kept: string[] = [];
    // Killed right after the first file has them all: those that it took in are still there.
    const files: SpoolFiles = { ...spoolFiles, remove: async (path) => void kept.push(path) };
    const killed = await open({ files });
    for (let n = 1; n <= 3; n += 1) await killed.add(batch(n, minute(n), grown("a", n)));
    await killed.add(batch(4, hour(1), grown("a", 4)));
    expect(await killed.next()).toMatchObject({ sequence: 3, earlier: [{}, {}] });
    expect(killed.count).toBe(2);
    expect(kept).toHaveLength(2);
    const next = await open();
    await next.add({ ...batch(1, hour(2)), epoch: "epoch-two" });
    const all = await drain(next);
    expect(all.map(({ sequence, earlier }) => [sequence, earlier.length])).toEqual([
      [3, 2],
      [4, 0],
      [1, 0],
    ]);
    expect(await batchFiles()).toEqual([]);
    expect(next.droppedBatches).toBe(0);
  });

  it("hands out again what it handed out, whatever came meanwhile", async () => {
    const spool = await open();
    await spool.add(batch(1, minute(1), grown("a", 1)));
    const first = await spool.next();
    await spool.add(batch(2, minute(2), grown("a", 2)));
    expect(await spool.next()).toEqual(first);
    await spool.remove();
    expect(await spool.next()).toMatchObject({ sequence: 2, earlier: [] });
  });

  it("leaves alone what belongs to another process that runs", async () => {
    const spool = await open();
    await spool.add(batch(1, minute(1)));
    const [own = ""] = await readdir(folder);
    const { ppid } = process;
    const stat = await readFile(`/proc/${ppid}/stat`, "utf8");
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    await writeFile(join(folder, own, "owner"), `${ppid} ${startTicks} ${boot}`);
    expect(await (await open()).next()).toBeNull();
    await writeFile(join(folder, own, "owner"), `${ppid} 1 ${boot}`);
    expect(await (await open()).next()).toMatchObject({ sequence: 1 });
  });

  it("reads up to what a crash left half-written", async () => {
    const killed = await open();
    await killed.add(batch(1, minute(1), sessionReport("a")));
    await killed.add(batch(2, minute(1, 2), sessionReport("b")));
    await killed.add(batch(2, minute(2), sessionReport("c")));
    const [first = "", second = ""] = await batchFiles();
    await appendFile(first, "TPS1 and no more");
    await truncate(second, 40);
    const next = await open();
    const all = await drain(next);
    expect(all.map(({ sessions }) => sessions.map(({ id }) => id))).toEqual([["a", "b"]]);
    expect(logged.said("error")).toEqual(["what a crash left of a batch of telemetry is dropped"]);
    expect(next.droppedBatches).toBe(1);
  });

  it("drops the oldest but the one on its way where it is full, and says so", async () => {
    const spool = await open({ maxBytes: 6000 });
    for (let n = 1; n <= 6; n += 1) await spool.add(batch(n, hour(n), sessionReport("a"), sessionReport("b")));
    const all = await drain(spool);
    expect(all.length).toBeLessThan(6);
    expect(all[0]?.sequence).toBe(1);
    expect(all.at(-1)?.sequence).toBe(6);
    expect(spool.droppedBatches).toBe(6 - all.length);
    expect(logged.said("error")[0]).toBe("no room for telemetry: the oldest batch is dropped");
  });

  it("keeps the newest in memory while the disk is full, and writes them once it is not", async () => {
    let isFull = true;
    const full = (): void => {
      if (isFull) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    const files: SpoolFiles = {
      ...spoolFiles,
      append: async (path, bytes, isSynced) => {
        // A full disk takes the beginning.
        await spoolFiles.append(path, isFull ? bytes.subarray(0, 20) : bytes, isSynced);
        full();
      },
      replace: async (path, bytes) => {
        full();
        await spoolFiles.replace(path, bytes);
      },
    };
    const spool = await open({ files });
    for (let n = 1; n <= 30; n += 1) await spool.add(batch(n, hour(n), sessionReport(`s${n}`)));
    expect(logged.said("error")[0]).toBe("telemetry is not kept on disk: make room");
    expect(spool.count).toBe(21);
    isFull = false;
    await spool.add(batch(31, hour(30), sessionReport("s31")));
    expect(logged.said("info")).toContain("telemetry is kept on disk again");
    const all = await drain(await open());
    expect(all.map(({ sequence }) => sequence)).toEqual([1, ...Array.from({ length: 20 }, (_, n) => n + 11)]);
    expect(all.at(-1)?.sessions.map(({ id }) => id)).toEqual(["s30", "s31"]);
  });

  it("keeps what is refused in a file, and goes on", async () => {
    const spool = await open();
    await spool.add(batch(1, hour(1)));
    await spool.add(batch(2, hour(2)));
    const file = await spool.setAside("no good");
    expect(JSON.parse(await readFile(file ?? "", "utf8"))).toMatchObject({ reason: "no good", batch: { sequence: 1 } });
    expect((await drain(spool)).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await (await open()).next()).toBeNull();
  });

  it("writes a file of many parts anew before it grows without end", async () => {
    const spool = await open();
    const many = Array.from({ length: 1500 }, (_, n) => sessionReport(`s${n}`));
    for (let n = 0; n < 12; n += 1) await spool.add(batch(1, minute(1, n), ...many));
    expect(spool.sizeBytes).toBeLessThan(9 * 1024 * 1024);
    const [read] = await drain(await open());
    expect(read?.sessions).toHaveLength(1500);
  });
});
