import type { PolicySnapshot } from "@/lib/contracts/policy";
import { publishScopeSchema } from "@/lib/contracts/policy-admin";
import type { Database } from "@/lib/db/client";
import { isInCanary } from "@/lib/policy";
import { readSnapshot } from "./policy-snapshots";

export type PolicyThen = {
  snapshot: PolicySnapshot;
  isTrial: boolean;
  reason: string;
  publishedAt: Date;
  publishedBy: string;
};

/** The policy that counted for a subscriber at a moment; null before the first one. A trial on some nodes is not told. */
export async function policyAt(database: Database, subscriberId: string, at: Date): Promise<PolicyThen | null> {
  const select = {
    version: true,
    kind: true,
    scope: true,
    reason: true,
    publishedAt: true,
    publishedBy: true,
  } as const;
  const newest = await database.policyVersion.findFirst({
    where: { publishedAt: { lte: at } },
    orderBy: { version: "desc" },
    select,
  });
  if (newest === null) return null;
  const scope = publishScopeSchema.parse(newest.scope);
  const isTried =
    newest.kind === "canary" &&
    scope.kind === "percent" &&
    isInCanary({ subscriberId, version: newest.version, percent: scope.percent });
  const found =
    newest.kind !== "canary" || isTried
      ? newest
      : await database.policyVersion.findFirst({
          where: { publishedAt: { lte: at }, kind: { not: "canary" } },
          orderBy: { version: "desc" },
          select,
        });
  if (found === null) return null;
  const { version, reason, publishedAt, publishedBy } = found;
  return { snapshot: await readSnapshot(version, database), isTrial: isTried, reason, publishedAt, publishedBy };
}
