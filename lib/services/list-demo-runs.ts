import * as z from "zod";
import type { DemoRunList } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { asDemoRun } from "./demo-run-store";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";

function after(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeCursor(cursor);
  if (!z.uuid().safeParse(id).success)
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** Runs without their samples, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export async function listDemoRuns(page: { cursor?: string | undefined; limit: number }): Promise<DemoRunList> {
  const rows = await getDatabase().demoRun.findMany({
    where: after(page.cursor),
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: page.limit + 1,
  });
  return cutPage(
    rows,
    page.limit,
    (row) => asDemoRun(row),
    ({ createdAt, id }) => encodeCursor(createdAt, id),
  );
}
