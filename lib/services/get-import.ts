import type { ImportJob } from "@/lib/contracts/subscribers";
import { asImportJob, requireImport } from "./import-job";
import { importWorker } from "./import-worker";

/** Errors: AppError NOT_FOUND. */
export async function getImport(id: string): Promise<ImportJob> {
  importWorker();
  return asImportJob(await requireImport(id));
}
