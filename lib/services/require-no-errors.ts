import type { PolicySnapshot } from "@/lib/contracts/policy";
import type { Finding } from "@/lib/contracts/policy-admin";
import { say } from "@/lib/contracts/sentences";
import type { Transaction } from "@/lib/db/client";
import { SaidError } from "@/lib/shared/errors";
import { findRemovedInUse, type RemovedItem } from "./draft-findings";
import type { PolicyContent } from "./policy-content";

/** Errors: AppError POLICY_HAS_ERRORS with the first of them. */
export function requireNoErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  const what = { text: first.message, told: first.told };
  throw new SaidError(
    "POLICY_HAS_ERRORS",
    errors.length === 1 ? what : say("andMore", { what, more: errors.length - 1 }),
  );
}

/** Errors: AppError POLICY_HAS_ERRORS where subscribers have a class or extra list that the new policy lacks. */
export async function requireNothingInUseLost(
  transaction: Transaction,
  inForce: PolicySnapshot,
  next: PolicyContent,
): Promise<void> {
  const lost = (
    collection: RemovedItem["collection"],
    before: readonly { id: string; name: string }[],
    after: readonly { id: string }[],
  ): RemovedItem[] => {
    const kept = new Set(after.map(({ id }) => id));
    return before.filter(({ id }) => !kept.has(id)).map(({ id, name }) => ({ collection, id, name }));
  };
  const removed = [
    ...lost("service-class", inForce.serviceClasses, next.serviceClasses),
    ...lost("white-list", inForce.whiteLists, next.whiteLists),
  ];
  requireNoErrors(await findRemovedInUse(removed, transaction));
}
