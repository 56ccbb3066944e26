import { demoRequestSchema } from "@/lib/contracts/demo";
import { getDatabase } from "@/lib/db/client";
import { demoObjectChunks } from "@/lib/shared/demo-object";
import { AppError } from "@/lib/shared/errors";
import { processSingleton } from "./process-singleton";

const chunkBytes = 256 * 1024;
/** Lanes run one after the other; the one before may still be closing. */
const mostOpen = 2;
const recheckMs = 1000;

async function activeRunOf(id: string): Promise<{ sizeBytes: number } | null> {
  const where = { id, state: { in: ["queued" as const, "running" as const] } };
  const row = await getDatabase().demoRun.findFirst({ where, select: { request: true } });
  const request = demoRequestSchema.safeParse(row?.request).data;
  return request === undefined || request.device === null ? null : request;
}

/**
 * The object of a device's run, as a stream of chunks. The run's id, which no outsider can guess, is all the proof it
 * takes, so nothing is given but while that run goes on: its size, made as it is read, twice at the same time at the most.
 *
 * Errors: AppError DEMO_RUN_OVER, DEMO_SOURCE_BUSY.
 */
export async function openDemoSource(runId: string): Promise<{ sizeBytes: number; chunks: AsyncGenerator<Buffer> }> {
  const run = await activeRunOf(runId);
  if (run === null) throw new AppError("DEMO_RUN_OVER", "No device's run with this id goes on.");
  const open = processSingleton("demo-sources", () => new Map<string, number>());
  if ((open.get(runId) ?? 0) >= mostOpen)
    throw new AppError("DEMO_SOURCE_BUSY", "This run's object is being fetched already. Wait for its end.");
  async function* chunks(): AsyncGenerator<Buffer> {
    open.set(runId, (open.get(runId) ?? 0) + 1);
    let checkedAtMs = Date.now();
    try {
      for (const chunk of demoObjectChunks(run?.sizeBytes ?? 0, chunkBytes)) {
        if (Date.now() - checkedAtMs > recheckMs) {
          if ((await activeRunOf(runId)) === null) throw new AppError("DEMO_RUN_OVER", "The run has ended.");
          checkedAtMs = Date.now();
        }
        yield chunk;
      }
    } finally {
      const left = (open.get(runId) ?? 1) - 1;
      if (left > 0) open.set(runId, left);
      else open.delete(runId);
    }
  }
  return { sizeBytes: run.sizeBytes, chunks: chunks() };
}
