import * as z from "zod";
import type { ImportJob } from "@/lib/contracts/subscribers";
import { toldSchema } from "@/lib/contracts/told";
import { type Database, getDatabase, type Prisma, type Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";

type ImportJobRow = Prisma.ImportJobGetPayload<object>;

const countsSchema = z.object({
  create: z.int().default(0),
  update: z.int().default(0),
  unchanged: z.int().default(0),
  error: z.int().default(0),
});

export function asImportJob(row: ImportJobRow): ImportJob {
  const { id, name, state, createdBy, sizeBytes, rows, progress, failure } = row;
  const createdAt = row.createdAt.toISOString();
  const finishedAt = row.finishedAt?.toISOString() ?? null;
  const counts = countsSchema.parse(row.counts);
  const failureTold = toldSchema.nullable().parse(row.failureTold);
  return { id, name, state, createdAt, createdBy, finishedAt, sizeBytes, rows, progress, counts, failure, failureTold };
}

/** Rows by outcome, as they are now. */
export async function countOutcomes(database: Database | Transaction, jobId: string): Promise<Record<string, number>> {
  const groups = await database.importRow.groupBy({ by: ["outcome"], where: { jobId }, _count: true });
  return Object.fromEntries(groups.map(({ outcome, _count }) => [outcome ?? "unchecked", _count]));
}

/** The job, kept from others' changes to the end of the transaction. Errors: AppError NOT_FOUND. */
export async function lockImport(transaction: Transaction, id: string): Promise<ImportJobRow> {
  await transaction.$queryRaw`SELECT 1 FROM import_jobs WHERE id = ${id}::uuid FOR UPDATE`;
  return requireImport(id, transaction);
}

/** Errors: AppError NOT_FOUND. */
export async function requireImport(
  id: string,
  database: Database | Transaction = getDatabase(),
): Promise<ImportJobRow> {
  const row = await database.importJob.findUnique({ where: { id } });
  if (row === null) throw new AppError("NOT_FOUND", "No import has this id. Imports are kept for 30 days.");
  return row;
}
