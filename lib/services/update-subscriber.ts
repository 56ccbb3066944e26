import type { SubscriberDetail, SubscriberInput } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { getSubscriber, readSubscriber } from "./get-subscriber";
import { type Precondition, requireUnchanged } from "./lost-update";
import { holdPolicyIds, requirePolicyIds } from "./policy-ids";
import { asTaken, requireFreeNumbers } from "./require-free-numbers";
import { revokeOfSubscriber } from "./revoke-entitlements";
import { columnsOf, contentOf, lockSubscriber } from "./subscriber-row";

/** The subscriber, locked, as the writer saw it. Errors: LostUpdate; AppError NOT_FOUND. */
export async function requireUnchangedSubscriber(
  transaction: Transaction,
  id: string,
  precondition: Precondition,
): Promise<SubscriberInput> {
  const row = await lockSubscriber(transaction, id);
  const current = row === null ? null : await readSubscriber(transaction, id);
  const seen = current === null ? null : { etag: current.etag, item: current };
  requireUnchanged(precondition, seen, "The subscriber");
  if (row === null) throw new Error("a precondition that nothing is there fits no subscriber's address");
  return contentOf(row);
}

type SubscriberChange = { id: string; input: SubscriberInput; precondition: Precondition };

/**
 * Errors: LostUpdate PRECONDITION_FAILED; AppError AUTH_FORBIDDEN, NOT_FOUND; FieldsRefused REQUEST_INVALID,
 * SUBSCRIBER_TAKEN.
 */
export async function updateSubscriber(staff: StaffActor, change: SubscriberChange): Promise<SubscriberDetail> {
  requireRole(staff, subscriberWriters);
  const { id, precondition } = change;
  const update = getDatabase().$transaction(async (transaction) => {
    const known = await holdPolicyIds(transaction);
    const before = await requireUnchangedSubscriber(transaction, id, precondition);
    requirePolicyIds(known, change.input);
    const columns = columnsOf(change.input);
    const after = contentOf(columns);
    if (canonicalJson(before) === canonicalJson(after)) return getSubscriber(id, transaction);
    await requireFreeNumbers(transaction, after, id);
    const data = { ...columns, updatedAt: new Date(), revision: { increment: 1 } };
    await transaction.subscriber.update({ where: { id }, data });
    const audit = { actor: auditName(staff), action: "subscriber.update", target: `subscriber:${id}` };
    await appendAudit(transaction, { ...audit, before, after });
    await revokeOfSubscriber(transaction, id);
    return getSubscriber(id, transaction);
  });
  return update.catch((error: unknown) => {
    throw asTaken(error);
  });
}
