import { createHash } from "node:crypto";
import { type DemoDirection, type DemoUpload, demoRequestSchema, type LaneId } from "@/lib/contracts/demo";
import { getDatabase } from "@/lib/db/client";
import { demoObjectChunks } from "@/lib/shared/demo-object";
import { AppError } from "@/lib/shared/errors";
import { demoDevices } from "./demo-devices";
import { processSingleton } from "./process-singleton";

const chunkBytes = 256 * 1024;
/** Lanes run one after the other; the one before may still be closing. */
const mostOpen = 2;
const recheckMs = 1000;
const tellEveryMs = 100;

type DeviceRun = { device: string; sizeBytes: number };

async function activeRunOf(id: string, direction: DemoDirection): Promise<DeviceRun | null> {
  const where = { id, state: { in: ["queued" as const, "running" as const] } };
  const row = await getDatabase().demoRun.findFirst({ where, select: { request: true } });
  const request = demoRequestSchema.safeParse(row?.request).data;
  if (request === undefined || request.device === null || request.direction !== direction) return null;
  return { device: request.device, sizeBytes: request.sizeBytes };
}

/** Of this process, by the run's id. */
const openTransfers = (): Map<string, number> => processSingleton("demo-transfers", () => new Map<string, number>());

/** Errors: AppError DEMO_RUN_OVER, DEMO_SOURCE_BUSY. */
async function requireRun(runId: string, direction: DemoDirection): Promise<DeviceRun> {
  const run = await activeRunOf(runId, direction);
  if (run === null)
    throw new AppError(
      "DEMO_RUN_OVER",
      `No device's ${direction} with this id goes on. Start a run on the Demo page first.`,
    );
  if ((openTransfers().get(runId) ?? 0) >= mostOpen)
    throw new AppError("DEMO_SOURCE_BUSY", "This run's object is under way already. Wait for its end.");
  return run;
}

/** Each part as it is handed on; ends with the run. Errors: AppError DEMO_RUN_OVER. */
async function* whileRunning<Part>(
  runId: string,
  direction: DemoDirection,
  parts: Iterable<Part> | AsyncIterable<Part>,
): AsyncGenerator<Part, void> {
  const open = openTransfers();
  open.set(runId, (open.get(runId) ?? 0) + 1);
  let checkedAtMs = Date.now();
  try {
    for await (const part of parts) {
      if (Date.now() - checkedAtMs > recheckMs) {
        if ((await activeRunOf(runId, direction)) === null) throw new AppError("DEMO_RUN_OVER", "The run has ended.");
        checkedAtMs = Date.now();
      }
      yield part;
    }
  } finally {
    const left = (open.get(runId) ?? 1) - 1;
    if (left > 0) open.set(runId, left);
    else open.delete(runId);
  }
}

/**
 * The object of a device's run, as a stream of chunks. The run's id, which no outsider can guess, is all the proof it
 * takes, so nothing is given but while that run goes on: its size, made as it is read, twice at the same time at the most.
 *
 * Errors: AppError DEMO_RUN_OVER, DEMO_SOURCE_BUSY.
 */
export async function openDemoSource(runId: string): Promise<{ sizeBytes: number; chunks: AsyncGenerator<Buffer> }> {
  const { sizeBytes } = await requireRun(runId, "download");
  return { sizeBytes, chunks: whileRunning(runId, "download", demoObjectChunks(sizeBytes, chunkBytes)) };
}

/**
 * Take the object from a lane of a device's run, by the same proof; nothing of it is kept. The device is told what has
 * arrived while it comes.
 *
 * Errors: AppError DEMO_RUN_OVER, DEMO_SOURCE_BUSY, REQUEST_TOO_LARGE.
 */
export async function takeDemoUpload(
  runId: string,
  lane: LaneId,
  parts: AsyncIterable<Uint8Array>,
): Promise<DemoUpload> {
  const { device, sizeBytes } = await requireRun(runId, "upload");
  const hash = createHash("sha256");
  let bytes = 0;
  let toldAtMs = 0;
  for await (const part of whileRunning(runId, "upload", parts)) {
    bytes += part.byteLength;
    if (bytes > sizeBytes)
      throw new AppError("REQUEST_TOO_LARGE", `The run's object has ${sizeBytes} bytes. Send no more.`);
    hash.update(part);
    if (Date.now() - toldAtMs < tellEveryMs) continue;
    demoDevices().send(device, { type: "arrived", runId, lane, bytes });
    toldAtMs = Date.now();
  }
  return { bytes, sha256: hash.digest("hex") };
}
