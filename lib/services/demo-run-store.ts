import * as z from "zod";
import {
  demoRequestSchema,
  type LaneReport,
  type LaneSample,
  laneReportSchema,
  testbedStatusSchema,
} from "@/lib/contracts/demo";
import { demoDeviceSchema } from "@/lib/contracts/demo-devices";
import type { DemoRun } from "@/lib/contracts/live";
import { type Database, type DemoRunRow, getDatabase, Prisma, type Transaction } from "@/lib/db/client";
import { lockKeys } from "@/lib/db/lock-keys";
import { AppError } from "@/lib/shared/errors";

const lanesSchema = z.array(laneReportSchema);
const isActive = { state: { in: ["queued", "running"] } } satisfies Prisma.DemoRunWhereInput;

/** A stored run as the contract has it, its lanes with the samples given. */
export function asDemoRun(row: DemoRunRow, samples: ReadonlyMap<string, LaneSample[]> = new Map()): DemoRun {
  return {
    id: row.id,
    request: demoRequestSchema.parse(row.request),
    state: row.state,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    createdBy: row.createdBy,
    lanes: lanesSchema.parse(row.lanes).map((lane) => ({ ...lane, samples: samples.get(lane.lane) ?? [] })),
    testbed: row.testbed === null ? null : testbedStatusSchema.parse(row.testbed),
    device: row.device === null ? null : demoDeviceSchema.parse(row.device),
  };
}

async function readSamples(database: Database, runId: string): Promise<Map<string, LaneSample[]>> {
  const rows = await database.demoSample.findMany({ where: { runId }, orderBy: [{ lane: "asc" }, { tMs: "asc" }] });
  const byLane = new Map<string, LaneSample[]>();
  for (const { lane, tMs, lteBytes, wifiBytes, deliveredBytes } of rows) {
    const samples = byLane.get(lane) ?? [];
    byLane.set(lane, samples);
    samples.push({
      tMs,
      lteBytes: Number(lteBytes),
      wifiBytes: Number(wifiBytes),
      deliveredBytes: Number(deliveredBytes),
    });
  }
  return byLane;
}

/** A run with all its samples. Errors: AppError DEMO_RUN_UNKNOWN. */
export async function readDemoRun(id: string): Promise<DemoRun> {
  const database = getDatabase();
  const row = await database.demoRun.findUnique({ where: { id } });
  if (row === null) throw new AppError("DEMO_RUN_UNKNOWN", "No demo run has this id.");
  return asDemoRun(row, await readSamples(database, id));
}

/** The run that is queued or running, else the newest one; null where none was ever made. */
export async function readLatestDemoRun(): Promise<DemoRun | null> {
  const { demoRun } = getDatabase();
  const active = await demoRun.findFirst({ where: isActive, select: { id: true } });
  const latest =
    active ?? (await demoRun.findFirst({ orderBy: [{ createdAt: "desc" }, { id: "desc" }], select: { id: true } }));
  return latest === null ? null : readDemoRun(latest.id);
}

/** The run that is queued or running, without its samples; null where none is. */
export async function readRunOnStage(): Promise<DemoRun | null> {
  const row = await getDatabase().demoRun.findFirst({ where: isActive });
  return row === null ? null : asDemoRun(row);
}

/** Whether a run is queued or running; nobody begins another one before the transaction's end. */
export async function hasActiveRun(transaction: Transaction): Promise<boolean> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${lockKeys.newDemoRun})`;
  return (await transaction.demoRun.count({ where: isActive })) > 0;
}

/** Whether this run is still queued or running, or not stored yet; locked to the transaction's end. */
export async function lockActiveRun(transaction: Transaction, id: string): Promise<boolean> {
  const [row] = await transaction.$queryRaw<{ state: string }[]>`
    SELECT state::text FROM demo_runs WHERE id = ${id}::uuid FOR UPDATE`;
  return row === undefined || row.state === "queued" || row.state === "running";
}

const withoutSamples = (lanes: readonly LaneReport[]) => lanes.map((lane) => ({ ...lane, samples: [] }));

/** Write a run's state and lanes; of the lanes' samples only those in `news` are added. */
export async function writeDemoRun(
  transaction: Transaction,
  run: DemoRun,
  news: readonly Pick<LaneReport, "lane" | "samples">[] = [],
): Promise<void> {
  const content = {
    state: run.state,
    finishedAt: run.finishedAt === null ? null : new Date(run.finishedAt),
    lanes: withoutSamples(run.lanes),
    testbed: run.testbed ?? Prisma.DbNull,
    device: run.device ?? Prisma.DbNull,
  };
  const { id, request, createdBy } = run;
  const create = { id, request, createdBy, createdAt: new Date(run.createdAt), ...content };
  await transaction.demoRun.upsert({ where: { id }, create, update: content });
  const samples = news.flatMap(({ lane, samples }) =>
    samples.map((sample) => ({
      runId: id,
      lane,
      tMs: sample.tMs,
      lteBytes: BigInt(sample.lteBytes),
      wifiBytes: BigInt(sample.wifiBytes),
      deliveredBytes: BigInt(sample.deliveredBytes),
    })),
  );
  if (samples.length > 0) await transaction.demoSample.createMany({ data: samples, skipDuplicates: true });
}
