import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type TelemetryBatch, telemetryBatchSchema } from "@/lib/contracts/telemetry";
import { PortalRefusal } from "@/lib/proxy/portal-client";
import { RuleHits } from "@/lib/proxy/rule-hits";
import { TelemetrySpool } from "@/lib/proxy/spool/telemetry-spool";
import { type ReporterOptions, TelemetryReporter } from "@/lib/proxy/telemetry-reporter";
import { AppError } from "@/lib/shared/errors";
import { newSecret } from "@/lib/shared/ids";
import { collectedLog } from "../../factories/collected-log";
import { telemetryBatch } from "../../factories/telemetry";
import { type StartedSessions, startSessions } from "./started-sessions";

const { log, said } = collectedLog();
const { node } = telemetryBatch({ sequence: 1 });

let started: StartedSessions;
let isAway: boolean;
let ruleHits: RuleHits;
let folder: string;
let spool: TelemetrySpool;
/** Every batch the portal was sent, as it came over the wire, and those it took. */
let sent: string[];
let taken: TelemetryBatch[];

beforeEach(async () => {
  started = await startSessions();
  isAway = false;
  ruleHits = new RuleHits();
  sent = [];
  taken = [];
  folder = await mkdtemp(join(tmpdir(), "twinpath-spool-"));
  spool = await TelemetrySpool.open({ folder, log });
});
afterEach(async () => {
  await started.stop();
  await rm(folder, { recursive: true, force: true });
});

function report(changes: Partial<ReporterOptions> = {}): TelemetryReporter {
  return new TelemetryReporter({
    sessions: started.sessions,
    ruleHits,
    sample: () => started.server.sample(["client"]),
    status: () => node,
    spool,
    deliver: async (batch) => {
      sent.push(JSON.stringify({ ...batch, isLate: false }));
      if (isAway) throw new AppError("PORTAL_UNREACHABLE", "away");
      taken.push(telemetryBatchSchema.parse(batch));
      return { reportEveryMs: 100 };
    },
    log,
    retryMs: 40,
    ...changes,
  });
}

const endsOf = (batches: TelemetryBatch[]): string[] =>
  batches.flatMap((batch) => batch.sessions.filter((session) => session.end !== null).map((session) => session.id));

/** End sessions, and wait until the table knows. */
async function end(...sockets: Awaited<ReturnType<StartedSessions["open"]>>[]): Promise<void> {
  const before = started.sessions.sessions().length;
  for (const socket of sockets) socket.resetAndDestroy();
  const left = before - sockets.length;
  for (const session of started.sessions.sessions()) session.connection.close("reset");
  await vi.waitFor(() => expect(started.sessions.sessions().length).toBeLessThanOrEqual(left));
}

describe("TelemetryReporter", () => {
  it("delivers running sessions with the sequence growing by one, in one epoch", async () => {
    await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(2));
    await reporter.stop();
    expect(taken.map((batch) => batch.sequence)).toEqual(taken.map((_, index) => index + 1));
    expect(new Set(taken.map((batch) => batch.epoch)).size).toBe(1);
    expect(taken[0]?.sessions).toMatchObject([{ deviceId: "ue", destination: "host.example:443", end: null }]);
  });

  it("tells of a running session again only once something about it changed", async () => {
    await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(taken.at(-1)?.sessions).toEqual([]));
    const before = taken.length;
    for (const session of started.sessions.sessions()) session.connectedTo("192.0.2.1");
    const later = (): TelemetryBatch["sessions"] => taken.slice(before).flatMap((batch) => batch.sessions);
    await vi.waitFor(() => expect(later()).not.toHaveLength(0));
    await reporter.stop();
    expect(later()[0]).toMatchObject({ destinationAddress: "192.0.2.1", end: null });
  });

  it("sends a batch that was not taken again, unchanged, until it is", async () => {
    isAway = true;
    await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(2));
    await started.open();
    expect(new Set(sent).size).toBe(1);
    isAway = false;
    const [first = "", second = ""] = started.sessions.sessions().map(({ connection }) => String(connection.id));
    const later = (): string[] => taken.slice(1).flatMap((batch) => batch.sessions.map(({ id }) => id));
    await vi.waitFor(() => expect(later()).toContain(second));
    await reporter.stop();
    expect(JSON.stringify({ ...taken[0], isLate: false })).toBe(sent[0]);
    expect(taken[0]?.isLate).toBe(true);
    expect(taken.slice(0, 2).map((batch) => batch.sequence)).toEqual([1, 2]);
    expect(taken[0]?.sessions.map(({ id }) => id)).toEqual([first]);
    expect(said("warn")).toEqual(["telemetry waits for the portal"]);
    expect(said("info")).toContain("telemetry delivered again");
  });

  it("reports each ended session exactly once, also where the portal was away at its end", async () => {
    const sockets = await Promise.all([started.open(), started.open(), started.open()]);
    const ids = started.sessions.sessions().map((session) => String(session.connection.id));
    const reporter = report();
    await vi.waitFor(() => expect(taken).not.toHaveLength(0));
    isAway = true;
    await end(...sockets);
    const before = sent.length;
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(before + 1));
    isAway = false;
    await vi.waitFor(() => expect(endsOf(taken)).toHaveLength(3));
    await reporter.stop();
    expect(endsOf(taken).sort()).toEqual(ids.sort());
  });

  it("lets more sessions than a batch holds take turns, and reports all ends", async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => started.open()));
    const ids = started.sessions.sessions().map((session) => String(session.connection.id));
    const reporter = report({ maxSessionsPerBatch: 2 });
    await vi.waitFor(() => expect(new Set(taken.flatMap((batch) => batch.sessions.map(({ id }) => id))).size).toBe(5));
    await end(...sockets);
    await reporter.stop();
    expect(taken[0]?.sessions).toHaveLength(2);
    expect(endsOf(taken).sort()).toEqual(ids.sort());
  });

  it("delivers at its stop what an away portal left and what ended since", async () => {
    isAway = true;
    const socket = await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(1));
    await end(socket);
    isAway = false;
    await reporter.stop();
    expect(endsOf(taken)).toHaveLength(1);
  });

  it("delivers its last batch after the engine has stopped, and ends where the portal stays away", async () => {
    await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(taken).not.toHaveLength(0));
    await started.server.stop();
    await reporter.stop();
    expect(endsOf(taken)).toHaveLength(1);

    isAway = true;
    const other = report();
    await other.stop();
  });

  it("goes on after a sample that failed", async () => {
    let failures = 2;
    const reporter = report({
      sample: async () => {
        failures -= 1;
        if (failures >= 0) throw new AppError("ENOMEM", "no memory for a sample");
        return [];
      },
    });
    await vi.waitFor(() => expect(taken).not.toHaveLength(0));
    await reporter.stop();
  });

  it("reports each hit of a rule exactly once, also where the portal was away", async () => {
    isAway = true;
    ruleHits.count("a", { kind: "host", value: "a.example" });
    const reporter = report();
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(1));
    ruleHits.count("a", { kind: "host", value: "a.example" });
    isAway = false;
    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(2));
    await reporter.stop();
    expect(taken.flatMap((batch) => batch.ruleHits.map(({ hits }) => hits))).toEqual([1, 1]);
    expect(taken[0]?.ruleHits).toHaveLength(1);
  });

  it("sets a batch aside that the portal refuses for good, and goes on with the next", async () => {
    const refused: string[] = [];
    const socket = await started.open();
    const deliver = async (batch: TelemetryBatch): Promise<{ reportEveryMs: number }> => {
      if (refused.length < 2) {
        refused.push(batch.epoch);
        throw new PortalRefusal(422, JSON.stringify({ code: "REQUEST_INVALID" }));
      }
      taken.push(batch);
      return { reportEveryMs: 100 };
    };
    const reporter = report({ deliver });
    await vi.waitFor(() => expect(taken).not.toHaveLength(0));
    await end(socket);
    await reporter.stop();
    expect(taken[0]?.sequence).toBe(3);
    expect(new Set([...refused, ...taken.map(({ epoch }) => epoch)]).size).toBe(1);
    expect(endsOf(taken)).toHaveLength(1);
    expect(said("error")).toEqual(["telemetry refused: batch set aside", "telemetry refused: batch set aside"]);
    const files = await readdir(join(folder, "refused"));
    expect(files).toHaveLength(2);
    const kept = JSON.parse(await readFile(join(folder, "refused", files.sort()[0] ?? ""), "utf8"));
    expect(kept).toMatchObject({ reason: expect.stringContaining("422"), batch: { sequence: 1 } });
  });

  it("leaves what an away portal did not take to the process that comes next", async () => {
    isAway = true;
    const socket = await started.open();
    const reporter = report();
    await vi.waitFor(() => expect(sent).not.toHaveLength(0));
    await end(socket);
    await reporter.stop();
    expect(taken).toEqual([]);
    isAway = false;
    spool = await TelemetrySpool.open({ folder, log });
    const next = report();
    await vi.waitFor(() => expect(taken.map(({ epoch }) => epoch)).toContain(next.epoch));
    await next.stop();
    const before = taken.filter(({ epoch }) => epoch === reporter.epoch);
    expect(endsOf(before)).toHaveLength(1);
    expect(before.map(({ sequence }) => sequence)).toEqual(before.map((_, index) => index + 1));
    expect(taken.slice(0, before.length)).toEqual(before);
    expect(await readdir(folder)).toEqual([]);
  });

  it("delivers what another process leaves while it runs", async () => {
    const gone = newSecret();
    const other = await TelemetrySpool.open({ folder, log });
    const reporter = report({ adoptEveryMs: 50 });
    await vi.waitFor(() => expect(taken).not.toHaveLength(0));
    await other.add({ ...(taken[0] as TelemetryBatch), epoch: gone, sequence: 7 });
    await other.close();
    await vi.waitFor(() => expect(taken.filter(({ epoch }) => epoch === gone)).toHaveLength(1));
    await reporter.stop();
    expect(taken.filter(({ epoch }) => epoch === gone)).toHaveLength(1);
  });

  it("samples on while the portal does not answer", async () => {
    let samples = 0;
    let answer = (): void => {};
    const hung = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const reporter = report({
      sample: async () => {
        samples += 1;
        return [];
      },
      deliver: async (batch) => {
        if (batch.sequence > 1) await hung;
        return { reportEveryMs: 100 };
      },
    });
    await vi.waitFor(() => expect(samples).toBeGreaterThan(5), 5000);
    answer();
    await reporter.stop();
  });
});
