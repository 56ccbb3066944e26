import { randomUUID } from "node:crypto";
import type { SubscriberDetail, SubscriberInput } from "@/lib/contracts/subscribers";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor, subscriberWriters } from "./actor";
import { getSubscriber } from "./get-subscriber";
import { holdPolicyIds, requirePolicyIds } from "./policy-ids";
import { asTaken, requireFreeNumbers } from "./require-free-numbers";
import { columnsOf } from "./subscriber-row";

/** Errors: AppError AUTH_FORBIDDEN; FieldsRefused REQUEST_INVALID, SUBSCRIBER_TAKEN. */
export async function createSubscriber(staff: StaffActor, input: SubscriberInput): Promise<SubscriberDetail> {
  requireRole(staff, subscriberWriters);
  const id = randomUUID();
  const create = getDatabase().$transaction(async (transaction) => {
    requirePolicyIds(await holdPolicyIds(transaction), input);
    await requireFreeNumbers(transaction, input, id);
    await transaction.subscriber.create({ data: { id, ...columnsOf(input) } });
    const audit = { actor: auditName(staff), action: "subscriber.create", target: `subscriber:${id}` };
    await appendAudit(transaction, { ...audit, after: input });
    return getSubscriber(id, transaction);
  });
  return create.catch((error: unknown) => {
    throw asTaken(error);
  });
}
