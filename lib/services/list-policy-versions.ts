import type { PolicyVersionList } from "@/lib/contracts/policy-admin";
import { AppError } from "@/lib/shared/errors";
import { describeVersions, findVersionRows } from "./describe-versions";

function beforeOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(cursor))
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return Number(cursor);
}

/** Versions with what every node answered, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export async function listPolicyVersions(page: {
  cursor?: string | undefined;
  limit: number;
}): Promise<PolicyVersionList> {
  const rows = await findVersionRows(beforeOf(page.cursor), page.limit + 1);
  const kept = rows.slice(0, page.limit);
  const nextCursor = rows.length > page.limit ? String(kept.at(-1)?.version) : null;
  return { items: await describeVersions(kept), nextCursor };
}
