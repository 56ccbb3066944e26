import * as z from "zod";
import type { ImportJobList } from "@/lib/contracts/subscribers";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { asImportJob } from "./import-job";
import { importWorker } from "./import-worker";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";

function after(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeCursor(cursor);
  if (!z.uuid().safeParse(id).success)
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** Imports of the last 30 days, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export async function listImports(page: { cursor?: string | undefined; limit: number }): Promise<ImportJobList> {
  importWorker();
  const rows = await getDatabase().importJob.findMany({
    where: after(page.cursor),
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: page.limit + 1,
  });
  return cutPage(rows, page.limit, asImportJob, ({ createdAt, id }) => encodeCursor(createdAt, id));
}
