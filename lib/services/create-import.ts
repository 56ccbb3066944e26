import { randomUUID } from "node:crypto";
import { say } from "@/lib/contracts/sentences";
import type { ImportJob } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import { type Said, saidAsIs } from "@/lib/shared/said";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { ImportFileProblem } from "./import-file-problem";
import { asImportJob, requireImport } from "./import-job";
import { importWorker } from "./import-worker";
import { readSubscriberCsv } from "./read-subscriber-csv";
import { isStillChecking, stageImportRows } from "./stage-import-rows";

/** An upload of which nothing is heard for this long is dead. */
const silenceMs = 60_000;

type Upload = { name: string; bytes: AsyncIterable<Uint8Array> };

async function openJob(staff: StaffActor, name: string): Promise<string> {
  const id = randomUUID();
  await getDatabase().$transaction(async (transaction) => {
    const uploadingUntil = new Date(Date.now() + silenceMs);
    const data = { id, name, state: "checking" as const, createdBy: staff.name, sizeBytes: 0, uploadingUntil };
    await transaction.importJob.create({ data });
    const audit = { actor: auditName(staff), action: "import.upload", target: `import:${id}` };
    await appendAudit(transaction, { ...audit, after: { name } });
  });
  return id;
}

/** Takes the first part before anything is written: a body that is refused unread leaves no job. */
async function begun(bytes: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    for (let part = first; !part.done; part = await iterator.next()) {
      count(part.value.byteLength);
      yield part.value;
    }
  })();
}

/** @returns false where the job was cancelled meanwhile */
async function stage(id: string, source: AsyncIterable<Uint8Array>, size: () => number): Promise<boolean> {
  let rows = 0;
  const keep = (batch: Parameters<typeof stageImportRows>[2], isLast: boolean) =>
    getDatabase().$transaction(async (transaction) => {
      if (!(await isStillChecking(transaction, id))) return false;
      if (batch.length > 0) await stageImportRows(transaction, id, batch);
      const uploadingUntil = isLast ? null : new Date(Date.now() + silenceMs);
      const data = { uploadingUntil, sizeBytes: size(), rows: isLast ? rows : 0 };
      await transaction.importJob.update({ where: { id }, data });
      return true;
    });
  // The next rows are read while the database takes the last ones.
  let keeping = Promise.resolve(true);
  for await (const batch of readSubscriberCsv(source)) {
    if (!(await keeping)) return false;
    rows += batch.length;
    keeping = keep(batch, false);
    keeping.catch(() => undefined);
  }
  return (await keeping) && keep([], true);
}

async function fail(id: string, { text: failure, told: failureTold }: Said, sizeBytes: number): Promise<void> {
  const why = { failure, failureTold };
  const failed = { state: "failed" as const, ...why, sizeBytes, finishedAt: new Date(), uploadingUntil: null };
  await getDatabase().$transaction(async (transaction) => {
    if (!(await isStillChecking(transaction, id))) return;
    await transaction.importRow.deleteMany({ where: { jobId: id } });
    await transaction.importJob.update({ where: { id }, data: failed });
    await appendAudit(transaction, {
      actor: "system",
      action: "import.fail",
      target: `import:${id}`,
      after: { failure },
    });
  });
}

function whyOf(error: unknown): Said {
  if (error instanceof ImportFileProblem) return { text: error.message, told: error.told };
  return errorCode(error) === "REQUEST_TOO_LARGE" ? saidAsIs(errorMessage(error)) : say("uploadInterrupted");
}

/**
 * Take a subscriber file in; its rows are then checked in the background. A file that cannot be read makes a job that
 * failed and says why. No subscriber is changed.
 *
 * Errors: AppError AUTH_FORBIDDEN, REQUEST_TOO_LARGE; whatever interrupts the upload.
 */
export async function createImport(staff: StaffActor, upload: Upload): Promise<ImportJob> {
  requireRole(staff, subscriberWriters);
  let sizeBytes = 0;
  const source = await begun(upload.bytes, (bytes) => {
    sizeBytes += bytes;
  });
  const id = await openJob(staff, upload.name);
  try {
    await stage(id, source, () => sizeBytes);
  } catch (error) {
    await fail(id, whyOf(error), sizeBytes);
    if (!(error instanceof ImportFileProblem)) throw error;
  }
  importWorker().wake();
  return asImportJob(await requireImport(id));
}
